#include "aws/assume_role.h"

#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/sts_codec.h"
#include "aws/typed_call.h"
#include "support/result.h"

namespace ecsd::aws {
AssumeRoleSource::AssumeRoleSource(const Client& client, CachedCredentials& own,
                                   RoleRequest request)
    : client_(client), own_(own), request_(std::move(request)) {}

support::Result<Credentials> AssumeRoleSource::Fetch(const Deadline& deadline) {
  const auto own = own_.Get(deadline);
  if (!own) return tl::unexpected(own.error());
  Credentials credentials;
  const auto decode = [&](const std::string& body, JsonParser* /*again*/) {
    return DecodeAssumeRole(body).map([&](Credentials given) { credentials = std::move(given); });
  };
  const auto call = QueryCall(kSts, "AssumeRole", EncodeAssumeRole(request_));
  if (auto result = client_.Call(call, decode, deadline); !result) {
    return tl::unexpected(
        support::Annotate(fmt::format("assume role {}", request_.arn), std::move(result).error()));
  }
  credentials.source = fmt::format("role {} by {}", request_.arn, own->source);
  return credentials;
}

}  // namespace ecsd::aws
