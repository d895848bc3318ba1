#pragma once

#include <cstdint>
#include <string>

#include "state/database.h"

namespace ecsd::state {

// What the header of our files says (https://www.sqlite.org/fileformat.html, "The Database
// Header").
inline constexpr std::uint32_t kApplicationId = 0x45435344;  // "ECSD"
inline constexpr std::uint32_t kSchemaVersion = 4;

// Looks at the file at `path` without SQLite, so that nothing is changed about a file of somebody
// else: even to open one can. Good for ours and for an empty one. kDamaged with the reason for one
// that was ours: our application id or our tables are in it though the rest is not whole, it is of
// another schema version, cut off, or zeroed (only NUL bytes, or a first page of them before our
// records). kForeign for any other, with what it looks like. kStorage where it cannot be read.
[[nodiscard]] SqlResult<void> ReadHeader(const std::string& path);

}  // namespace ecsd::state
