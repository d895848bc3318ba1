#pragma once

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "support/result.h"

namespace ecsd::aws {

// The STS call that says who we are. Any thread may call.
class StsClient {
 public:
  // `client` must outlive this object.
  explicit StsClient(const Client& client) : client_(client) {}

  // The ARN of the identity whose credentials `client` signs with. Needs no permission.
  [[nodiscard]] support::Result<std::string> GetCallerIdentity(const Deadline& deadline) const;

 private:
  const Client& client_;
};

}  // namespace ecsd::aws
