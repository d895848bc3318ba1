#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::state {

// The bytes of a record with a checksum before them, which covers its kind and key too: SQLite
// keeps none, and a flipped bit in an address would be a wrong target.
[[nodiscard]] std::string Seal(std::uint8_t kind, std::string_view key, std::string_view bytes);

// What was sealed; nothing when it was not, or not for this kind and key. A view into `sealed`.
[[nodiscard]] std::optional<std::string_view> Unseal(std::uint8_t kind, std::string_view key,
                                                     std::string_view sealed);

}  // namespace ecsd::state
