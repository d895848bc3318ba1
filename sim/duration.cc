#include "sim/duration.h"

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "support/result.h"

namespace ecsd::sim {

support::Result<std::uint64_t> ReadNumber(std::string_view text, std::uint64_t least,
                                          std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("\"{}\" is no number from {} to {}", text, least, most));
  }
  return number;
}

support::Result<std::chrono::milliseconds> ReadDuration(std::string_view text) {
  const bool in_milliseconds = text.ends_with("ms");
  if (!in_milliseconds && !text.ends_with("s")) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("\"{}\" is no duration such as 30ms or 2s", text));
  }
  constexpr std::uint64_t kHour = 3'600'000;
  const std::string_view digits = text.substr(0, text.size() - (in_milliseconds ? 2 : 1));
  return ReadNumber(digits, 0, kHour).map([&](std::uint64_t number) {
    return std::chrono::milliseconds(number * (in_milliseconds ? 1 : 1000));
  });
}

}  // namespace ecsd::sim
