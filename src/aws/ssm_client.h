#pragma once

#include <span>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

// The Systems Manager call we make. Any thread may call.
class SsmClient {
 public:
  // `client` must outlive this object.
  explicit SsmClient(const Client& client) : client_(client) {}

  // The instances among `ids` that are registered. Requires: 1 to kSsmBatch ids of the form
  // `mi-...`.
  [[nodiscard]] support::Result<std::vector<core::Instance>> DescribeInstanceInformation(
      std::span<const std::string> ids, const Deadline& deadline) const;

 private:
  const Client& client_;
};

}  // namespace ecsd::aws
