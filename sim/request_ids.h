#pragma once

#include <string>

namespace ecsd::sim {

// A request id in the form of AWS's, different at every call. Any thread may call it.
[[nodiscard]] std::string NextRequestId();

}  // namespace ecsd::sim
