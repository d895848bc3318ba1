#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/paging.h"

namespace ecsd::sim {

// One call of the EC2 Query API.
struct Ec2Call {
  const Account& account;
  PagingRules paging;  // cuts only requests that page
  const std::vector<NamedText>& parameters;
  std::string_view request_id;
  // A fault that changes what a right answer says; other kinds are ignored here.
  std::optional<FaultKind> twist;
};

// DescribeInstances by InstanceId.N, by filters (instance-id, instance-state-name; with wildcards)
// or of all. Instances that a service operates and hides need IncludeManagedResources in every
// form.
[[nodiscard]] ApiResult DescribeInstances(const Ec2Call& call);

// DescribeNetworkInterfaces by NetworkInterfaceId.N: none of them has a public address.
[[nodiscard]] ApiResult DescribeNetworkInterfaces(const Ec2Call& call);

}  // namespace ecsd::sim
