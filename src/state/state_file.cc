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
#include "state/contents.h"
#include "state/database.h"
#include "state/header.h"
#include "state/identity.h"
#include "state/lock_file.h"
#include "state/place.h"
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
constexpr auto kSetRecord = "INSERT OR REPLACE INTO record(kind, key, bytes) VALUES(?1, ?2, ?3)";
constexpr auto kDropOutcomes = "DELETE FROM record WHERE kind IN (4, 5)";  // kTask, kCluster
constexpr auto kDropRecord = "DELETE FROM record WHERE kind = ?1 AND key = ?2";

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
  for (const auto& [name, value] : PartsOf(identity)) {
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
  if (auto checked = CheckContents(*database, identity); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto set = SetScope(*database, scope); !set) return tl::unexpected(set.error());
  auto known = LoadRecords(*database);
  if (!known) return tl::unexpected(std::move(known).error());
  return Loaded{.database = *std::move(database), .known = *std::move(known)};
}

std::string Reason(int code) {
  return std::generic_category().message(code);
}

// Makes the file if there is none, readable for its owner only: it tells docker labels.
Result<void> MakeFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Fail(ErrorKind::kIo, Reason(errno));
  ::close(fd);
  return {};
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
