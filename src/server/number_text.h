#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ecsd::server {

// "9,110"
[[nodiscard]] std::string WithSeparators(std::uint64_t number);

// "1 cluster", "9,110 clusters"; `noun` forms its plural with an s.
[[nodiscard]] std::string Counted(std::uint64_t number, std::string_view noun);

}  // namespace ecsd::server
