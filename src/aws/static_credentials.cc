#include "aws/static_credentials.h"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "aws/settings.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

// What a profile may say instead of keys. Ignoring it would run the program as somebody else.
constexpr std::array kOtherWays = {
    std::string_view("role_arn"),      std::string_view("credential_process"),
    std::string_view("sso_session"),   std::string_view("sso_start_url"),
    std::string_view("login_session"), std::string_view("web_identity_token_file"),
};

// The way in which the profile gets its credentials, when that is not by keys. Keys win over all
// but a role, as in the Go SDK.
std::string_view OtherWay(const Section& profile, bool has_keys) {
  for (const auto way : kOtherWays) {
    if (!ValueOf(profile, way).empty() && (!has_keys || way == "role_arn")) return way;
  }
  return {};
}

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

Result<std::optional<Credentials>> ProfileCredentials(const ProfileChoice& choice,
                                                      const SharedFiles& files) {
  const auto found = files.profiles.find(choice.name);
  if (found == files.profiles.end()) return std::optional<Credentials>();
  const auto& profile = found->second;
  const auto id = ValueOf(profile, "aws_access_key_id");
  const auto secret = ValueOf(profile, "aws_secret_access_key");
  if (const auto way = OtherWay(profile, !id.empty() && !secret.empty()); !way.empty()) {
    return Fail(
        ErrorKind::kConfig,
        fmt::format(
            "AWS profile \"{}\" gets its credentials by {}, which is not supported yet; use keys, "
            "environment variables or -config.role-arn",
            choice.name, way));
  }
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  if (id.empty() || secret.empty()) {
    return Fail(ErrorKind::kConfig,
                fmt::format("AWS profile \"{}\" has no {}", choice.name,
                            id.empty() ? "aws_access_key_id" : "aws_secret_access_key"));
  }
  return Credentials{.access_key_id = std::string(id),
                     .secret_access_key = Secret(std::string(secret)),
                     .session_token = Secret(std::string(ValueOf(profile, "aws_session_token"))),
                     .expires = std::nullopt,
                     .source = fmt::format("profile {}", choice.name)};
}

StaticCredentialSource::StaticCredentialSource(Environment environment, ProfileChoice choice)
    : environment_(std::move(environment)), choice_(std::move(choice)) {}

Result<Credentials> StaticCredentialSource::Fetch(const Deadline& /*deadline*/) {
  auto credentials = EnvironmentCredentials(environment_);
  if (credentials && !*credentials) {
    credentials = ReadSharedFiles(choice_).and_then(
        [&](const SharedFiles& files) { return ProfileCredentials(choice_, files); });
  }
  if (!credentials) return tl::unexpected(std::move(credentials).error());
  if (auto& found = *credentials; found.has_value()) return *std::move(found);
  return Fail(
      ErrorKind::kCredentials,
      fmt::format(
          "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put keys into "
          "profile \"{}\" of {}",
          choice_.name,
          choice_.credentials_path.empty() ? "the shared credentials file"
                                           : choice_.credentials_path));
}

}  // namespace ecsd::aws
