#pragma once

#include <string>
#include <string_view>

namespace ecsd::core {

// Appends `text` to `out` as a strict JSON string (RFC 8259). Control characters, DEL, U+2028,
// U+2029, U+FEFF, U+FFFE and U+FFFF are escaped, so that it is a double-quoted scalar of YAML as
// well; other non-ASCII characters stay as they are, bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace ecsd::core
