#include "aws/static_credentials.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <string>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

}  // namespace

Result<std::optional<Credentials>> EnvironmentCredentials(const Environment& environment) {
  const auto id = environment.Get("AWS_ACCESS_KEY_ID");
  const auto secret = environment.Get("AWS_SECRET_ACCESS_KEY");
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  if (id.empty() || secret.empty()) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{} is set but {} is not; set both or neither",
                            id.empty() ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                            id.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"));
  }
  return Credentials{.access_key_id = std::string(id),
                     .secret_access_key = Secret(std::string(secret)),
                     .session_token = Secret(std::string(environment.Get("AWS_SESSION_TOKEN"))),
                     .expires = std::nullopt,
                     .source = "environment variables"};
}

Result<std::optional<Credentials>> ProfileKeys(const std::string& name, const Section& profile) {
  const auto id = ValueOf(profile, "aws_access_key_id");
  const auto secret = ValueOf(profile, "aws_secret_access_key");
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  if (id.empty() || secret.empty()) {
    constexpr std::size_t kLongestName = 200;
    return Fail(ErrorKind::kConfig,
                fmt::format("AWS profile \"{}\" has no {}", support::OneLine(name, kLongestName),
                            id.empty() ? "aws_access_key_id" : "aws_secret_access_key"));
  }
  return Credentials{.access_key_id = std::string(id),
                     .secret_access_key = Secret(std::string(secret)),
                     .session_token = Secret(std::string(ValueOf(profile, "aws_session_token"))),
                     .expires = std::nullopt,
                     .source = fmt::format("profile {}", name)};
}

}  // namespace ecsd::aws
