#include "state/state_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/records.h"
#include "discovery/known_state.h"
#include "state/database.h"
#include "state/header.h"
#include "state/identity.h"
#include "state/lock_file.h"
#include "state/record_codec.h"
#include "state/seal.h"
#include "state/set_aside.h"
#include "support/result.h"

namespace ecsd::state {
namespace {

using discovery::KnownState;
using support::Error;
using support::ErrorKind;
using support::Fail;
using support::Result;

// Exclusive locking for as long as the file is open. A rollback journal and no WAL, which needs
// shared memory and fails on network file systems.
constexpr auto kSetUp =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cell_size_check=ON;"
    "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;";
constexpr std::array kSchema = {
    "CREATE TABLE identity(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE record(kind INTEGER NOT NULL, key BLOB NOT NULL, bytes BLOB NOT NULL, "
    "PRIMARY KEY(kind, key))"};
constexpr auto kReadSchema =
    "SELECT group_concat(sql, ';') FROM "
    "(SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
constexpr auto kSetRecord = "INSERT OR REPLACE INTO record(kind, key, bytes) VALUES(?1, ?2, ?3)";
constexpr auto kDropOutcomes = "DELETE FROM record WHERE kind IN (4, 5)";  // kTask, kCluster
constexpr auto kDropRecord = "DELETE FROM record WHERE kind = ?1 AND key = ?2";

tl::unexpected<SqlError> Damaged(std::string why) {
  return tl::unexpected(SqlError{.kind = SqlError::Kind::kDamaged, .message = std::move(why)});
}

std::string SchemaText() {
  return fmt::format("{};{}", kSchema[0], kSchema[1]);
}

std::array<std::pair<std::string_view, std::string_view>, 3> Parts(const Identity& identity) {
  return {
      {{"region", identity.region}, {"role", identity.role_arn}, {"profile", identity.profile}}};
}

// In one transaction, and one that begins with the first PRAGMA: each would be a transaction of its
// own, and a kill between two of them leave a file that is nobody's.
SqlResult<void> Create(const Database& database, const Identity& identity) {
  auto made = database.Execute(
      fmt::format(
          "BEGIN; PRAGMA auto_vacuum=FULL; PRAGMA application_id={}; PRAGMA user_version={}; {}",
          kApplicationId, kSchemaVersion, SchemaText())
          .c_str());
  if (!made) return made;
  auto insert = database.Prepare("INSERT INTO identity(name, value) VALUES(?1, ?2)");
  if (!insert) return tl::unexpected(std::move(insert).error());
  for (const auto& [name, value] : Parts(identity)) {
    insert->Bind(1, name);
    insert->Bind(2, value);
    const auto done = insert->Step();
    if (!done) return tl::unexpected(done.error());
  }
  return database.Execute("COMMIT");
}

// Removes what was kept with another scope than this. A file that was made has none yet.
SqlResult<void> SetScope(const Database& database, const std::string& scope) {
  auto select = database.Prepare("SELECT 1 FROM identity WHERE name = 'scope' AND value = ?1");
  if (!select) return tl::unexpected(std::move(select).error());
  select->Bind(1, scope);
  const auto row = select->Step();
  if (!row) return tl::unexpected(row.error());
  if (*row) {
    const auto end = select->Step();
    return end ? SqlResult<void>() : tl::unexpected(end.error());
  }
  if (auto begun = database.Execute("BEGIN"); !begun) return begun;
  auto dropped = database.Execute(kDropOutcomes);
  if (!dropped) return dropped;
  auto insert =
      database.Prepare("INSERT OR REPLACE INTO identity(name, value) VALUES('scope', ?1)");
  if (!insert) return tl::unexpected(std::move(insert).error());
  insert->Bind(1, scope);
  if (const auto done = insert->Step(); !done) return tl::unexpected(done.error());
  return database.Execute("COMMIT");
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
  for (const auto& [name, value] : Parts(identity)) {
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

SqlResult<KnownState> Load(const Database& database) {
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

struct Loaded {
  Database database;
  KnownState known;
};

SqlResult<Loaded> OpenDatabase(const std::string& path, const Identity& identity,
                               const std::string& scope) {
  const auto header = ReadHeader(path);
  if (!header) return tl::unexpected(header.error());
  auto database = Database::Open(path);
  if (!database) return tl::unexpected(std::move(database).error());
  if (auto set_up = database->Execute(kSetUp); !set_up) return tl::unexpected(set_up.error());
  // A first write that was broken off leaves an empty database.
  const auto tables = database->Text("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tl::unexpected(tables.error());
  if (*tables == "0") {
    auto created = Create(*database, identity);
    if (!created) return tl::unexpected(std::move(created).error());
  }
  if (auto checked = CheckSchema(*database); !checked) return tl::unexpected(checked.error());
  if (auto checked = CheckIdentity(*database, identity); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto set = SetScope(*database, scope); !set) return tl::unexpected(set.error());
  auto known = Load(*database);
  if (!known) return tl::unexpected(std::move(known).error());
  return Loaded{.database = *std::move(database), .known = *std::move(known)};
}

std::string Reason(int code) {
  return std::generic_category().message(code);
}

// Where the file is behind all links, if a file can be there.
Result<std::string> Locate(const std::string& path) {
  std::error_code error;
  const auto real =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (error) return Fail(ErrorKind::kConfig, error.message());
  const auto status = std::filesystem::status(real, error);
  if (std::filesystem::is_directory(status) || path.ends_with('/')) {
    return Fail(ErrorKind::kConfig, "it is a directory: give the path of a file");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Fail(ErrorKind::kConfig, "it is no regular file: give another path");
  }
  if (!std::filesystem::is_directory(real.parent_path(), error)) {
    return Fail(ErrorKind::kConfig,
                fmt::format("directory {} does not exist: create it", real.parent_path().string()));
  }
  return real.string();
}

// Makes the file if there is none, readable for its owner only: it tells docker labels.
Result<void> MakeFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Fail(ErrorKind::kIo, Reason(errno));
  ::close(fd);
  return {};
}

Error AsError(const SqlError& error) {
  if (error.kind == SqlError::Kind::kInUse) {
    return {.kind = ErrorKind::kConfig, .message = "another process is using it"};
  }
  const bool foreign = error.kind == SqlError::Kind::kForeign;
  return {.kind = foreign ? ErrorKind::kConfig : ErrorKind::kIo, .message = error.message};
}

// Fails where a file of somebody else is.
Result<void> CheckNotForeign(const std::string& path) {
  const auto header = ReadHeader(path);
  if (header || header.error().kind != SqlError::Kind::kForeign) return {};
  return tl::unexpected(AsError(header.error()));
}

FileNumber NumberOf(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {};
  return {.device = about.st_dev, .inode = about.st_ino};
}

struct Made {
  Loaded loaded;
  std::string set_aside;
};

// Opens or makes the file, once without one of ours that cannot be used.
Result<Made> OpenOrMake(const std::string& path, const Identity& identity,
                        const std::string& scope) {
  std::string set_aside;
  for (bool again = false;; again = true) {
    if (auto made = MakeFile(path); !made) return tl::unexpected(std::move(made).error());
    auto loaded = OpenDatabase(path, identity, scope);
    if (loaded) return Made{.loaded = *std::move(loaded), .set_aside = std::move(set_aside)};
    if (again || loaded.error().kind != SqlError::Kind::kDamaged) {
      return tl::unexpected(AsError(loaded.error()));
    }
    const auto name = SetAside(path);
    if (!name) return tl::unexpected(name.error());
    set_aside = fmt::format("{}; it is now {}", loaded.error().message, *name);
  }
}

std::string LockPath(const std::string& path) {
  return path + ".lock";
}

}  // namespace

StateFile::StateFile(Place place, LockFile lock, Database database)
    : place_(std::move(place)),
      lock_(std::move(lock)),
      database_(std::move(database)),
      number_(NumberOf(place_.path)) {}

Result<StateFile::Opened> StateFile::Open(const std::string& path, const Identity& identity,
                                          const std::string& scope) {
  auto real = Locate(path);
  if (!real) return tl::unexpected(std::move(real).error());
  // Before the lock file is made: nothing is left beside a file of somebody else.
  if (auto ours = CheckNotForeign(*real); !ours) return tl::unexpected(std::move(ours).error());
  auto lock = LockFile::Take(LockPath(*real));
  if (!lock) return tl::unexpected(std::move(lock).error());
  auto made = OpenOrMake(*real, identity, scope);
  if (!made) return tl::unexpected(std::move(made).error());
  return Opened{.file = StateFile({.path = *std::move(real), .identity = identity, .scope = scope},
                                  *std::move(lock), std::move(made->loaded.database)),
                .known = std::move(made->loaded.known),
                .set_aside = std::move(made->set_aside)};
}

bool StateFile::IsInPlace() const {
  return database_ && number_ != FileNumber() && NumberOf(place_.path) == number_;
}

Result<void> StateFile::MakeAgain() {
  database_.reset();
  if (auto ours = CheckNotForeign(place_.path); !ours) return ours;
  if (!lock_ || !lock_->IsAt(LockPath(place_.path))) {
    lock_.reset();
    auto lock = LockFile::Take(LockPath(place_.path));
    if (!lock) return tl::unexpected(std::move(lock).error());
    lock_.emplace(*std::move(lock));
  }
  // What is there may be a copy from another day: its records are not what is known now.
  if (NumberOf(place_.path) != FileNumber()) {
    if (auto name = SetAside(place_.path); !name) return tl::unexpected(std::move(name).error());
  }
  auto made = OpenOrMake(place_.path, place_.identity, place_.scope);
  if (!made) return tl::unexpected(std::move(made).error());
  database_.emplace(std::move(made->loaded.database));
  number_ = NumberOf(place_.path);
  return {};
}

// False when told to give up.
SqlResult<bool> StateFile::ApplyAll(std::span<const Change> changes,
                                    const std::stop_token& give_up) {
  if (auto begun = database_->Execute("BEGIN IMMEDIATE"); !begun)
    return tl::unexpected(begun.error());
  auto set = database_->Prepare(kSetRecord);
  if (!set) return tl::unexpected(std::move(set).error());
  auto drop = database_->Prepare(kDropRecord);
  if (!drop) return tl::unexpected(std::move(drop).error());
  for (const auto& change : changes) {
    if (give_up.stop_requested()) return false;
    auto& statement = change.bytes ? *set : *drop;
    statement.Bind(1, static_cast<std::int64_t>(change.kind));
    statement.Bind(2, change.key);
    if (change.bytes) {
      statement.Bind(3, Seal(static_cast<std::uint8_t>(change.kind), change.key, *change.bytes));
    }
    const auto done = statement.Step();
    if (!done) return tl::unexpected(done.error());
  }
  if (auto made = database_->Execute("COMMIT"); !made) return tl::unexpected(made.error());
  return true;
}

Result<void> StateFile::Apply(std::span<const Change> changes, const std::stop_token& give_up) {
  if (changes.empty()) return {};
  if (!database_) return Fail(ErrorKind::kIo, "there is no file");
  const auto made = ApplyAll(changes, give_up);
  if (made && *made) return {};
  // SQLite has rolled some failures back by itself, and says so when it is asked again.
  static_cast<void>(database_->Execute("ROLLBACK"));
  if (made) return Fail(ErrorKind::kCancelled, "stopped");
  return Fail(ErrorKind::kIo, made.error().message);
}

}  // namespace ecsd::state
