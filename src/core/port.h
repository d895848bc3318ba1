#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ecsd::core {

enum class Protocol : std::uint8_t { kTcp, kUdp, kOther };

// `first` to `last`, both included, 1 <= first <= last. A single port is a range of one.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;

  [[nodiscard]] bool Contains(std::uint16_t port) const { return first <= port && port <= last; }
  [[nodiscard]] bool single() const { return first == last; }
  friend auto operator<=>(const PortRange&, const PortRange&) = default;
};

// A port as people write it in a docker label: white space around it, an optional '+', decimal
// digits, 1-65535. Nothing for anything else.
[[nodiscard]] std::optional<std::uint16_t> ParsePort(std::string_view text);

// "8000-8099", as NetworkBinding and PortMapping write ranges. Nothing when it is not one or runs
// backwards.
[[nodiscard]] std::optional<PortRange> ParsePortRange(std::string_view text);

// A range of the one port `number`; nothing when it is no port (0 is how ECS says "not chosen
// yet").
[[nodiscard]] std::optional<PortRange> SinglePort(std::int64_t number);

}  // namespace ecsd::core
