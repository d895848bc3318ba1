#pragma once

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/sts_codec.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

// The STS calls that say who we are and give sessions of roles. The only place that assumes roles;
// who may, and what to say when it fails, is for its callers (AssumeRoleSource,
// WebIdentitySource). Any thread may call.
class StsClient {
 public:
  // `client` must outlive this object.
  explicit StsClient(const Client& client) : client_(client) {}

  // The ARN of the identity whose credentials `client` signs with. Needs no permission.
  [[nodiscard]] support::Result<std::string> GetCallerIdentity(const Deadline& deadline) const;

  // A session of a role, asked for with the credentials that `client` signs with.
  [[nodiscard]] support::Result<Credentials> AssumeRole(const RoleRequest& role,
                                                        const Deadline& deadline) const;
  // The same with the token of an identity provider; `client` need not sign.
  [[nodiscard]] support::Result<Credentials> AssumeRole(const RoleRequest& role,
                                                        const support::Secret& token,
                                                        const Deadline& deadline) const;

 private:
  const Client& client_;
};

}  // namespace ecsd::aws
