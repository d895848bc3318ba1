#pragma once

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/sts_codec.h"
#include "support/result.h"

namespace ecsd::aws {

// Credentials of a role, from STS, asked for with other credentials (those of `client`).
class AssumeRoleSource final : public CredentialSource {
 public:
  // `client` must outlive this object.
  AssumeRoleSource(const Client& client, RoleRequest request);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const Client& client_;
  const RoleRequest request_;
};

}  // namespace ecsd::aws
