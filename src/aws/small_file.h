#pragma once

#include <optional>
#include <string>

#include "support/result.h"

namespace ecsd::aws {

// The text of a file that a person or a tool wrote, without the byte order mark of UTF-8; nothing
// when there is none, or when it lies in a directory that may not be searched (the home of another
// user). kConfig, naming the path, when it cannot be read, is no regular file, has more than 1 MiB,
// or is UTF-16 or UTF-32 (by its byte order mark or its zero bytes), as PowerShell writes files.
[[nodiscard]] support::Result<std::optional<std::string>> ReadSmallFile(const std::string& path);

}  // namespace ecsd::aws
