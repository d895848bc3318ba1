#pragma once

#include <string>
#include <string_view>

namespace ecsd::core {

// Appends `text` to `out` as a YAML scalar on one line that every reader of YAML 1.1 and 1.2 takes
// for exactly this string, as a value of a block mapping or an item of a block sequence:
//   - plain where nothing else could be read (names, ARNs, addresses, paths);
//   - in double quotes if it is empty, could be a number, a truth value, a null, a date or a merge
//     key for some reader, or has characters that are not printable ASCII;
//   - in single quotes if only its punctuation or its outer blanks are in the way.
// Characters that a reader would refuse or change are escaped, other non-ASCII ones stay as they
// are. Bytes that are not UTF-8 become U+FFFD. Lines are never folded.
void AppendYamlScalar(std::string_view text, std::string& out);

}  // namespace ecsd::core
