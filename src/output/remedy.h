#pragma once

#include <string>

namespace ecsd::output {

// What an operator does about errno `code`, met while writing to `directory`: "free space on the
// file system of /etc/prometheus". Never empty.
[[nodiscard]] std::string RemedyFor(int code, const std::string& directory);

}  // namespace ecsd::output
