#include "aws/sts_client.h"

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/sts_codec.h"
#include "aws/typed_call.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

support::Result<std::string> StsClient::GetCallerIdentity(const Deadline& deadline) const {
  return CallFor(client_, QueryCall(kSts, "GetCallerIdentity", EncodeGetCallerIdentity()),
                 DecodeGetCallerIdentity, deadline);
}

support::Result<Credentials> StsClient::AssumeRole(const RoleRequest& role,
                                                   const Deadline& deadline) const {
  return CallFor(client_, QueryCall(kSts, "AssumeRole", EncodeAssumeRole(role)), DecodeAssumeRole,
                 deadline);
}

support::Result<Credentials> StsClient::AssumeRole(const RoleRequest& role,
                                                   const support::Secret& token,
                                                   const Deadline& deadline) const {
  auto call =
      QueryCall(kSts, "AssumeRoleWithWebIdentity", EncodeAssumeRoleWithWebIdentity(role, token));
  call.secrets.push_back(token);
  return CallFor(client_, call, DecodeAssumeRoleWithWebIdentity, deadline);
}

}  // namespace ecsd::aws
