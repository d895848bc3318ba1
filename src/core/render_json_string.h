#pragma once

#include <string>
#include <string_view>

namespace ecsd::core {

// Appends `text` to `out` as a strict JSON string (RFC 8259). Control characters, DEL, U+2028 and
// U+2029 are escaped, other non-ASCII characters stay as they are, bytes that are not UTF-8 become
// U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace ecsd::core
