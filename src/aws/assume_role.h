#pragma once

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "support/result.h"

namespace ecsd::aws {

// Credentials of a role, from STS, asked for with other credentials (those of `client`). Sessions
// last an hour, STS' default and the longest for a chained role.
class AssumeRoleSource final : public CredentialSource {
 public:
  // `client` must outlive this object.
  AssumeRoleSource(const Client& client, std::string role_arn);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const Client& client_;
  const std::string role_arn_;
};

}  // namespace ecsd::aws
