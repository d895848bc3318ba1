#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "support/result.h"

namespace ecsd::sim {

// A decimal number from `least` to `most`; else kConfig and a message that says so.
[[nodiscard]] support::Result<std::uint64_t> ReadNumber(std::string_view text, std::uint64_t least,
                                                        std::uint64_t most);

// `30ms` or `2s`, up to an hour; else kConfig.
[[nodiscard]] support::Result<std::chrono::milliseconds> ReadDuration(std::string_view text);

}  // namespace ecsd::sim
