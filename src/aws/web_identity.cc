#include "aws/web_identity.h"

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/small_file.h"
#include "aws/sts_client.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

Result<Secret> ReadToken(const WebIdentity& identity) {
  constexpr std::size_t kLongestToken = 20'000;  // of STS
  const auto text = ReadSmallFile(identity.token_file);
  if (!text) return tl::unexpected(support::Annotate(identity.where, text.error()));
  const auto fail = [&](std::string_view why) {
    return Fail(ErrorKind::kCredentials,
                fmt::format("{}: {} {}", identity.where, identity.token_file, why));
  };
  if (!*text) return fail("does not exist; is the token mounted?");
  const auto token = support::Trim(**text);
  if (token.empty()) return fail("is empty; it should hold the token of the identity provider");
  if (token.size() > kLongestToken) return fail("holds more than STS takes as a token");
  return Secret(std::string(token));
}

}  // namespace

WebIdentitySource::WebIdentitySource(const Client& client, WebIdentity identity)
    : client_(client), identity_(std::move(identity)) {}

Result<Credentials> WebIdentitySource::Fetch(const Deadline& deadline) {
  auto token = ReadToken(identity_);
  if (!token) return tl::unexpected(std::move(token).error());
  auto credentials = StsClient(client_).AssumeRole(identity_.role, *token, deadline);
  if (!credentials) {
    return tl::unexpected(support::Annotate(
        fmt::format("assume role {} with the token of {}", identity_.role.arn, identity_.where),
        std::move(credentials).error()));
  }
  credentials->source =
      fmt::format("role {} by web identity of {}", identity_.role.arn, identity_.where);
  return credentials;
}

}  // namespace ecsd::aws
