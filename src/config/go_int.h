#pragma once

#include <cstdint>
#include <string_view>

#include "support/result.h"

namespace ecsd::config {

// Go's strconv.ParseInt(text, 0, 64): a sign, then decimal, 0x, 0o or 0b digits, or octal ones
// after a bare 0; underscores where Go's literals allow them. The error is kConfig with the words
// of Go's flag package: `parse error` or `value out of range`.
[[nodiscard]] support::Result<std::int64_t> ParseGoInt(std::string_view text);

}  // namespace ecsd::config
