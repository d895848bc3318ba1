#include "aws/assume_role.h"

#include <fmt/core.h>

#include <tl/expected.hpp>
#include <utility>

#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/sts_client.h"
#include "aws/sts_codec.h"
#include "support/result.h"

namespace ecsd::aws {
AssumeRoleSource::AssumeRoleSource(const Client& client, CachedCredentials& own,
                                   RoleRequest request)
    : client_(client), own_(own), request_(std::move(request)) {}

support::Result<Credentials> AssumeRoleSource::Fetch(const Deadline& deadline) {
  const auto own = own_.Get(deadline);
  if (!own) return tl::unexpected(own.error());
  auto credentials = StsClient(client_).AssumeRole(request_, deadline);
  if (!credentials) {
    return tl::unexpected(support::Annotate(fmt::format("assume role {}", request_.arn),
                                            std::move(credentials).error()));
  }
  credentials->source = fmt::format("role {} by {}", request_.arn, own->source);
  return credentials;
}

}  // namespace ecsd::aws
