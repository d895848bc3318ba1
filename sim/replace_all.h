#pragma once

#include <string>
#include <string_view>

namespace ecsd::sim {

// `text` with every `from` replaced by `to`; as it is when `from` is empty.
[[nodiscard]] inline std::string ReplaceAll(std::string text, std::string_view from,
                                            std::string_view to) {
  if (from.empty()) return text;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace ecsd::sim
