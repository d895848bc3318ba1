#pragma once

#include <string>
#include <string_view>

namespace ecsd::config {

// `text` in double quotes with Go's escapes, for messages on one line. Every byte that is not
// printable ASCII is written as \xNN (Go's %q leaves printable non-ASCII characters as they are).
[[nodiscard]] std::string QuoteGoAscii(std::string_view text);

}  // namespace ecsd::config
