#pragma once

#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/sts_codec.h"
#include "support/result.h"

namespace ecsd::aws {

// Credentials of a role, from STS, asked for with other credentials.
class AssumeRoleSource final : public CredentialSource {
 public:
  // `own` are the credentials that `client` signs with. Both must outlive this object.
  AssumeRoleSource(const Client& client, CachedCredentials& own, RoleRequest request);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const Client& client_;
  CachedCredentials& own_;
  const RoleRequest request_;
};

}  // namespace ecsd::aws
