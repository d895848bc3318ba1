#include "core/port.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "support/strings.h"

namespace ecsd::core {

std::optional<PortRange> SinglePort(std::int64_t number) {
  if (number < 1 || number > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  const auto port = static_cast<std::uint16_t>(number);
  return PortRange{.first = port, .last = port};
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  text = support::Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto number = support::ParseDecimal(text);
  if (!number) return std::nullopt;
  const auto port = SinglePort(*number);
  if (!port) return std::nullopt;
  return port->first;
}

std::optional<PortRange> ParsePortRange(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = support::ParseDecimal(support::Trim(text.substr(0, dash)));
  const auto last = support::ParseDecimal(support::Trim(text.substr(dash + 1)));
  if (!first || !last || *first > *last) return std::nullopt;
  const auto low = SinglePort(*first);
  const auto high = SinglePort(*last);
  if (!low || !high) return std::nullopt;
  return PortRange{.first = low->first, .last = high->first};
}

}  // namespace ecsd::core
