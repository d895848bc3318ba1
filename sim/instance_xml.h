#pragma once

#include <string>
#include <string_view>

#include "sim/json.h"

namespace ecsd::sim {

// The name of the instance's state, `running` when the account does not say.
[[nodiscard]] std::string InstanceState(const Json& instance);

// One item of DescribeInstances' reservationSet holding `instance`, whose members have the names of
// the EC2 API (first letter in either case); the wire's names differ for some of them.
[[nodiscard]] std::string ReservationXml(const Json& instance, std::string_view owner_id);

}  // namespace ecsd::sim
