#include "server/number_text.h"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ecsd::server {

std::string WithSeparators(std::uint64_t number) {
  constexpr std::size_t kDigitsOfGroup = 3;
  auto text = std::to_string(number);
  for (auto at = text.size(); at > kDigitsOfGroup;) {
    at -= kDigitsOfGroup;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string Counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", WithSeparators(number), noun, number == 1 ? "" : "s");
}

}  // namespace ecsd::server
