#include "aws/static_credentials.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

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

// White space and control characters: the newline that a mounted secret ends with, or what stands
// behind a key on its line. Nothing signed with such a key is taken, and AWS says no more than
// that.
bool HasBlank(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

// `parts`: each of the keys by what it is called where it stands.
Result<void> RefuseBlanks(
    std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
  for (const auto& [name, text] : parts) {
    if (!HasBlank(text)) continue;
    return Fail(ErrorKind::kConfig,
                fmt::format("{} has white space or a control character in it; is it a newline at "
                            "its end?",
                            name));
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
  const auto token = environment.Get("AWS_SESSION_TOKEN");
  auto checked = RefuseBlanks(
      {{"AWS_ACCESS_KEY_ID", id}, {"AWS_SECRET_ACCESS_KEY", secret}, {"AWS_SESSION_TOKEN", token}});
  if (!checked) return tl::unexpected(std::move(checked).error());
  return Credentials{.access_key_id = std::string(id),
                     .secret_access_key = Secret(std::string(secret)),
                     .session_token = Secret(std::string(token)),
                     .expires = std::nullopt,
                     .source = "environment variables"};
}

Result<std::optional<Credentials>> ProfileKeys(const std::string& name, const Section& profile) {
  const auto id = ValueOf(profile, "aws_access_key_id");
  const auto secret = ValueOf(profile, "aws_secret_access_key");
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  constexpr std::size_t kLongestName = 200;
  const auto shown = fmt::format("AWS profile \"{}\"", support::OneLine(name, kLongestName));
  if (id.empty() || secret.empty()) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{} has no {}", shown,
                            id.empty() ? "aws_access_key_id" : "aws_secret_access_key"));
  }
  const auto token = ValueOf(profile, "aws_session_token");
  auto checked = RefuseBlanks(
      {{"aws_access_key_id", id}, {"aws_secret_access_key", secret}, {"aws_session_token", token}});
  if (!checked) return tl::unexpected(support::Annotate(shown, std::move(checked).error()));
  return Credentials{.access_key_id = std::string(id),
                     .secret_access_key = Secret(std::string(secret)),
                     .session_token = Secret(std::string(token)),
                     .expires = std::nullopt,
                     .source = fmt::format("profile {}", name)};
}

}  // namespace ecsd::aws
