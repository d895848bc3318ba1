#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ec2_codec.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

// The EC2 calls we make. Any thread may call.
class Ec2Client {
 public:
  // `client` must outlive this object.
  explicit Ec2Client(const Client& client) : client_(client) {}

  // The instances among `ids` that exist. Requires: 1 to kEc2Batch ids of the form `i-...`.
  [[nodiscard]] support::Result<std::vector<core::Instance>> DescribeInstances(
      std::span<const std::string> ids, const Deadline& deadline);

 private:
  [[nodiscard]] support::Result<InstancePage> ReadPage(const InstanceQuery& query,
                                                       const Deadline& deadline);

  const Client& client_;
  // Whether the endpoint knows IncludeManagedResources; learnt from its first refusal.
  std::atomic<bool> include_managed_{true};
};

}  // namespace ecsd::aws
