#include "aws/assume_role.h"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/sts_codec.h"
#include "aws/typed_call.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

// What CloudTrail shows as the session; 2-64 characters of [\w+=,.@-].
constexpr std::string_view kSessionName = "prometheus-ecs-discovery";

}  // namespace

AssumeRoleSource::AssumeRoleSource(const Client& client, std::string role_arn)
    : client_(client), role_arn_(std::move(role_arn)) {}

support::Result<Credentials> AssumeRoleSource::Fetch(const Deadline& deadline) {
  Credentials credentials;
  const auto decode = [&](const std::string& body) {
    return DecodeAssumeRole(body).map([&](Credentials given) { credentials = std::move(given); });
  };
  const auto call = QueryCall(kSts, "AssumeRole", EncodeAssumeRole(role_arn_, kSessionName));
  if (auto result = client_.Call(call, decode, deadline); !result) {
    return tl::unexpected(
        support::Annotate(fmt::format("assume role {}", role_arn_), std::move(result).error()));
  }
  credentials.source = fmt::format("role {}", role_arn_);
  return credentials;
}

}  // namespace ecsd::aws
