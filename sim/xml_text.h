#pragma once

#include <string>
#include <string_view>

namespace ecsd::sim {

// Text with `& < > " '` as entities; characters XML 1.0 forbids are left out.
[[nodiscard]] std::string EscapeXml(std::string_view text);

// `<name>escaped text</name>`.
[[nodiscard]] std::string TextElement(std::string_view name, std::string_view text);

}  // namespace ecsd::sim
