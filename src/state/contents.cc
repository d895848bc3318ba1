#include "state/contents.h"

#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "discovery/known_state.h"
#include "state/database.h"
#include "state/identity.h"
#include "state/record_codec.h"
#include "state/seal.h"
#include "state/state_file.h"

namespace ecsd::state {
namespace {

using discovery::KnownState;

constexpr std::array kSchema = {
    "CREATE TABLE identity(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE record(kind INTEGER NOT NULL, key BLOB NOT NULL, bytes BLOB NOT NULL, "
    "PRIMARY KEY(kind, key))"};
constexpr auto kReadSchema =
    "SELECT group_concat(sql, ';') FROM "
    "(SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";

tl::unexpected<SqlError> Damaged(std::string why) {
  return tl::unexpected(SqlError{.kind = SqlError::Kind::kDamaged, .message = std::move(why)});
}

SqlResult<void> CheckSchema(const Database& database) {
  const auto schema = database.Text(kReadSchema);
  if (!schema) return tl::unexpected(schema.error());
  if (*schema != SchemaText()) return Damaged("its tables are not those of this program");
  const auto sound = database.Text("PRAGMA integrity_check(1)");
  if (!sound) return tl::unexpected(sound.error());
  if (*sound != "ok") return Damaged("it is damaged: " + *sound);
  return {};
}

SqlResult<void> CheckIdentity(const Database& database, const Identity& identity) {
  auto select = database.Prepare("SELECT value FROM identity WHERE name = ?1");
  if (!select) return tl::unexpected(std::move(select).error());
  for (const auto& [name, value] : PartsOf(identity)) {
    select->Bind(1, name);
    const auto row = select->Step();
    if (!row) return tl::unexpected(row.error());
    const std::string found(*row ? select->Bytes(0) : std::string_view());
    if (found != value) {
      return Damaged(
          fmt::format("it is of {} '{}', and this is {} '{}'", name, found, name, value));
    }
    if (const auto end = select->Step(); !end) return tl::unexpected(end.error());
  }
  return {};
}

template <typename T>
bool Take(std::string_view key, std::string_view bytes,
          std::vector<std::shared_ptr<const T>>& records) {
  auto record = Decode<T>(bytes);
  if (!record || KeyOf(*record) != key) return false;
  records.push_back(std::make_shared<const T>(*std::move(record)));
  return true;
}

template <typename T>
bool Take(std::string_view key, std::string_view bytes, std::vector<T>& records) {
  auto record = Decode<T>(bytes);
  if (!record || KeyOf(*record) != key) return false;
  records.push_back(*std::move(record));
  return true;
}

bool TakeRow(const Statement& row, KnownState& known) {
  const auto kind = row.Number(0);
  const auto key = row.Bytes(1);
  if (kind < 1 || kind > static_cast<std::int64_t>(RecordKind::kHeldLoss)) return false;
  const auto bytes = Unseal(static_cast<std::uint8_t>(kind), key, row.Bytes(2));
  if (!bytes) return false;
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::kDefinition:
      return Take(key, *bytes, known.definitions);
    case RecordKind::kContainerInstance:
      return Take(key, *bytes, known.instances);
    case RecordKind::kInstance:
      return Take(key, *bytes, known.addresses);
    case RecordKind::kTask:
      return Take(key, *bytes, known.tasks);
    case RecordKind::kCluster:
      return Take(key, *bytes, known.clusters);
    case RecordKind::kHeldLoss:
      known.held = Decode<discovery::HeldLoss>(*bytes);
      return known.held && KeyOf(*known.held) == key;
  }
  return false;
}

}  // namespace

std::string SchemaText() {
  return fmt::format("{};{}", kSchema[0], kSchema[1]);
}

std::array<std::pair<std::string_view, std::string_view>, 3> PartsOf(const Identity& identity) {
  return {
      {{"region", identity.region}, {"role", identity.role_arn}, {"profile", identity.profile}}};
}

SqlResult<void> CheckContents(const Database& database, const Identity& identity) {
  if (auto checked = CheckSchema(database); !checked) return checked;
  return CheckIdentity(database, identity);
}

SqlResult<KnownState> LoadRecords(const Database& database) {
  auto select = database.Prepare("SELECT kind, key, bytes FROM record");
  if (!select) return tl::unexpected(std::move(select).error());
  KnownState known;
  while (true) {
    const auto row = select->Step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return known;
    if (!TakeRow(*select, known)) return Damaged("a record in it cannot be read");
  }
}

}  // namespace ecsd::state
