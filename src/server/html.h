#pragma once

#include <string>
#include <string_view>

namespace ecsd::server {

// `text` as HTML shows it, in an element or in a quoted attribute: markup characters are escaped,
// control characters become spaces and bytes that are not UTF-8 U+FFFD. Whatever a docker label
// says, it is text.
[[nodiscard]] std::string Escaped(std::string_view text);

// The same, with places where a line may break after the separators of ARNs, addresses and paths,
// so that a narrow page breaks no word.
[[nodiscard]] std::string EscapedWithBreaks(std::string_view text);

}  // namespace ecsd::server
