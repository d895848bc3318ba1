#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "discovery/known_state.h"
#include "state/database.h"
#include "state/identity.h"

namespace ecsd::state {

// What is in a state file. Nothing here writes.

// How its tables are made.
[[nodiscard]] std::string SchemaText();

// What is kept of an identity, by name. Points into `identity`.
[[nodiscard]] std::array<std::pair<std::string_view, std::string_view>, 3> PartsOf(
    const Identity& identity);

// Whether the tables are ours and whole, and the records are those of `identity`. kDamaged with the
// reason when not.
[[nodiscard]] SqlResult<void> CheckContents(const Database& database, const Identity& identity);

// Every record. kDamaged when one of them cannot be read.
[[nodiscard]] SqlResult<discovery::KnownState> LoadRecords(const Database& database);

}  // namespace ecsd::state
