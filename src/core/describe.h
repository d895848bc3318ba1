#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/records.h"

namespace ecsd::core {

// Ports and bindings in words for people.

// "8080->32768/tcp on 0.0.0.0, 53->?/udp"; "none" where there are none. `?` is a port not chosen
// yet.
[[nodiscard]] std::string Describe(const std::vector<NetworkBinding>& bindings);

// "8080/tcp, 9100-9110/tcp"; "none" where there are none.
[[nodiscard]] std::string Describe(const std::vector<PortMapping>& mappings);

}  // namespace ecsd::core
