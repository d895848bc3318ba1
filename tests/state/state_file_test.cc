#include "state/state_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/records.h"
#include "discovery/known_state.h"
#include "state/identity.h"
#include "state/random_snapshot.h"
#include "state/record_codec.h"
#include "support/result.h"
#include "testing/temporary_directory.h"

namespace ecsd::state {
namespace {

using support::ErrorKind;
using support::Result;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Identity kHere{.region = "eu-west-1", .role_arn = "", .profile = "p"};

Change Set(const core::Instance& instance) {
  return {.kind = RecordKind::kInstance, .key = instance.id, .bytes = Encode(instance)};
}

core::Instance At(std::string id, std::string address = "10.0.0.1") {
  return {.id = std::move(id), .addresses = {.ipv4 = std::move(address), .ipv6 = {}}};
}

class StateFileTest : public testing::Test {
 protected:
  [[nodiscard]] Result<StateFile::Opened> Open(const Identity& identity = kHere) const {
    return StateFile::Open(path_, identity, "all");
  }

  // The ids that the file holds, and what was said of the one before it.
  [[nodiscard]] std::vector<std::string> Ids(const Identity& identity = kHere) const {
    const auto opened = Open(identity);
    if (!opened) return {"error " + opened.error().message};
    std::vector<std::string> ids;
    for (const auto& instance : opened->known.addresses) ids.push_back(instance->id);
    if (!opened->set_aside.empty()) ids.push_back("set aside: " + opened->set_aside);
    std::ranges::sort(ids);
    return ids;
  }

  void Fill(const std::vector<std::string>& ids) const {
    auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().message;
    std::vector<Change> changes;
    for (const auto& id : ids) changes.push_back(Set(At(id)));
    ASSERT_TRUE(opened->file.Apply(changes, {}));
  }

  [[nodiscard]] std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Put(std::string_view bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  [[nodiscard]] std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  // What a new file would say of the one that is there: that it was set aside, and why.
  [[nodiscard]] std::string SetAside(const Identity& identity = kHere) const {
    const auto opened = Open(identity);
    return opened ? opened->set_aside : "error " + opened.error().message;
  }
  [[nodiscard]] std::string Aside(int number = 1) const {
    return "; it is now " + path_ + ".set-aside-" + std::to_string(number);
  }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/state.db";
};

TEST_F(StateFileTest, HoldsWhatItWasGiven) {
  EXPECT_THAT(Ids(), IsEmpty());
  Fill({"i-1", "i-2"});
  EXPECT_THAT(Ids(), ElementsAre("i-1", "i-2"));
  {
    auto opened = Open();
    ASSERT_TRUE(opened);
    const std::vector<Change> changes = {
        Set(At("i-2", "10.0.0.2")),
        Set(At("i-3")),
        {.kind = RecordKind::kInstance, .key = "i-1", .bytes = {}}};
    ASSERT_TRUE(opened->file.Apply(changes, {}));
  }
  const auto opened = Open();
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->known.addresses.size(), 2U);
  EXPECT_THAT((std::vector{*opened->known.addresses[0], *opened->known.addresses[1]}),
              UnorderedElementsAre(At("i-2", "10.0.0.2"), At("i-3")));
  EXPECT_THAT(Names(), ElementsAre("state.db", "state.db-journal", "state.db.lock"));
}

TEST_F(StateFileTest, IsItsOwnersToRead) {
  Fill({"i-1"});
  struct stat about{};
  ASSERT_EQ(::stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(StateFileTest, MakesAllChangesOrNone) {
  Fill({"i-1"});
  {
    auto opened = Open();
    ASSERT_TRUE(opened);
    std::stop_source give_up;
    give_up.request_stop();
    const std::vector<Change> changes = {Set(At("i-2"))};
    const auto applied = opened->file.Apply(changes, give_up.get_token());
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().kind, ErrorKind::kCancelled);
    EXPECT_TRUE(opened->file.Apply(changes, {}));
  }
  EXPECT_THAT(Ids(), ElementsAre("i-1", "i-2"));
}

TEST_F(StateFileTest, RefusesASecondProcess) {
  const auto first = Open();
  ASSERT_TRUE(first);
  const auto second = Open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kResource);
  EXPECT_EQ(second.error().message, "another process is using it");
  std::filesystem::create_symlink(path_, directory_.path() + "/link.db");
  EXPECT_FALSE(StateFile::Open(directory_.path() + "/link.db", kHere, "all"));
}

TEST_F(StateFileTest, RefusesPathsThatCanBeNoFile) {
  const auto refusal = [&](const std::string& path) {
    const auto opened = StateFile::Open(path, kHere, "all");
    if (opened) return std::string("opened");
    return (opened.error().kind == ErrorKind::kConfig ? "" : "not kConfig: ") +
           opened.error().message;
  };
  EXPECT_EQ(refusal(directory_.path()), "it is a directory: give the path of a file");
  EXPECT_EQ(refusal("/dev/null"), "it is no regular file: give another path");
  EXPECT_EQ(refusal(directory_.path() + "/no/state.db"),
            "directory " + directory_.path() + "/no does not exist: create it");
}

// Somebody may give the path of another file by mistake.
TEST_F(StateFileTest, RefusesAFileOfSomebodyElseAndLeavesItAsItIs) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"my notes\n", "text"},
      {"global:\n  scrape_interval: 15s\n", "YAML"},
      {"# comment\n- targets: [a]\n", "text"},
      {"- targets: [a]\n", "YAML"},
      {"---\n", "YAML"},
      {"  {\"a\": 1}", "JSON"},
      {"[]\n", "JSON"},
      {"-----BEGIN PRIVATE KEY-----\n", "a PEM file (a key or a certificate)"},
      {std::string("\x7f"
                   "ELF\0",
                   5),
       "a program"},
      {std::string("\0\0\1\2", 4), "a binary file of another program"},
      {std::string(8192, '\0') + "x", "a binary file of another program"},
      {"CREATE TABLE identity(name TEXT PRIMARY KEY, value BLOB NOT NULL)", "text"},
  };
  for (const auto& [bytes, what] : files) {
    Put(bytes);
    const auto opened = Open();
    ASSERT_FALSE(opened) << what;
    EXPECT_EQ(opened.error().kind, ErrorKind::kConfig);
    EXPECT_EQ(opened.error().message,
              "it is " + what + " and no state file of this program: give another path");
    EXPECT_EQ(Bytes(), bytes);
    EXPECT_THAT(Names(), ElementsAre("state.db"));
  }
}

TEST_F(StateFileTest, RefusesTheSqliteFileOfAnotherProgramAndLeavesItAsItIs) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(other, "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1)",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(other);
  const auto before = Bytes();
  const auto opened = Open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("it is the SQLite file of another program"));
  EXPECT_EQ(Bytes(), before);
  EXPECT_THAT(Names(), ElementsAre("state.db"));
}

TEST_F(StateFileTest, SetsAsideOursThatIsDamagedOrZeroed) {
  Fill({"i-1"});
  const auto good = Bytes();
  const auto spoilt = [&](std::size_t at, std::size_t count) {
    auto bytes = good;
    bytes.replace(at, count, std::string(count, '\0'));
    return bytes;
  };
  const std::string damaged = "it is damaged: its first bytes are not those of a state file";
  const std::vector<std::pair<std::string, std::string>> files = {
      {spoilt(0, 16), damaged},
      {spoilt(68, 4), damaged},
      {spoilt(0, 100), damaged},
      {std::string(good.size(), '\0'), "it is zeroed: it has NUL bytes only"},
      {"SQLite format 3", "it is cut off"},
      {good.substr(0, 60), "it is cut off"},
      {spoilt(0, 4096) + "arn:aws:ecs:eu-west-1", damaged},
      {"\x0d" + std::string(4095, '\0') + "arn:aws:ecs:eu-west-1", damaged},
  };
  int number = 0;
  for (const auto& [bytes, what] : files) {
    Put(bytes);
    EXPECT_EQ(SetAside(), what + Aside(++number));
  }
}

TEST_F(StateFileTest, IsMadeAgainWhereItWasRemovedOrReplaced) {
  auto opened = Open();
  ASSERT_TRUE(opened);
  auto& file = opened->file;
  const std::vector<Change> changes = {Set(At("i-1"))};
  EXPECT_TRUE(file.IsInPlace());
  for (const bool with_lock : {false, true}) {
    std::filesystem::remove(path_);
    if (with_lock) std::filesystem::remove(path_ + ".lock");
    EXPECT_FALSE(file.IsInPlace());
    ASSERT_TRUE(file.MakeAgain());
    EXPECT_TRUE(file.IsInPlace());
    EXPECT_TRUE(file.Apply(changes, {}));
    EXPECT_FALSE(Open()) << "it is locked";
  }
  Put("my notes\n");  // in the same file
  std::filesystem::copy(path_, path_ + ".copy");
  std::filesystem::rename(path_ + ".copy", path_);
  EXPECT_FALSE(file.IsInPlace());
  const auto made = file.MakeAgain();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("it is text"));
  EXPECT_EQ(Bytes(), "my notes\n");
  EXPECT_FALSE(file.IsInPlace());
  EXPECT_FALSE(file.Apply(changes, {}));
  std::filesystem::remove(path_);
  ASSERT_TRUE(file.MakeAgain());
  EXPECT_TRUE(file.Apply(changes, {}));
}

TEST_F(StateFileTest, SetsAsideAFileOfAnotherRegionRoleOrProfile) {
  Fill({"i-1"});
  EXPECT_EQ(SetAside({.region = "us-east-1", .role_arn = "", .profile = "p"}),
            "it is of region 'eu-west-1', and this is region 'us-east-1'" + Aside());
  EXPECT_EQ(SetAside({.region = "us-east-1", .role_arn = "arn:role", .profile = "p"}),
            "it is of role '', and this is role 'arn:role'" + Aside(2));
  EXPECT_EQ(SetAside({.region = "us-east-1", .role_arn = "arn:role", .profile = "q"}),
            "it is of profile 'p', and this is profile 'q'" + Aside(3));
}

TEST_F(StateFileTest, SetsAsideOtherVersionsAndTables) {
  const auto change = [&](const char* sql) {
    Fill({"i-1"});
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(file, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(file);
  };
  change("PRAGMA user_version=1");
  EXPECT_EQ(SetAside(), "its version is 1, and this program's 4" + Aside(1));
  change("DROP TABLE record");
  EXPECT_EQ(SetAside(), "its tables are not those of this program" + Aside(2));
  change("CREATE TRIGGER t INSERT ON record BEGIN DELETE FROM record; END");
  EXPECT_EQ(SetAside(), "its tables are not those of this program" + Aside(3));
  change("UPDATE record SET bytes = x'00'");
  EXPECT_EQ(SetAside(), "a record in it cannot be read" + Aside(4));
  change("UPDATE record SET kind = 9");
  EXPECT_EQ(SetAside(), "a record in it cannot be read" + Aside(5));
}

// The tasks and clusters of a file hold for the scope that they were kept with; the rest for any.
// Everything that is read of it is right.
TEST_F(StateFileTest, SetsAsideAFileThatOnlyTheIntegrityCheckFindsDamaged) {
  Fill({"i-1"});
  sqlite3* file = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
  const auto* const damage =
      "INSERT INTO identity VALUES('extra', 'x');"
      "PRAGMA writable_schema=ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'identity';";
  ASSERT_EQ(sqlite3_exec(file, damage, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(file);
  ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
  const auto* const mend =
      "UPDATE identity SET value = NULL WHERE name = 'extra';"
      "PRAGMA writable_schema=ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, 'BLOB', 'BLOB NOT NULL') "
      "WHERE name = 'identity';";
  ASSERT_EQ(sqlite3_exec(file, mend, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(file);
  EXPECT_EQ(SetAside(), "it is damaged: NULL value in identity.value" + Aside());
}

sqlite3*& LastOpened() {
  static sqlite3* database = nullptr;
  return database;
}

// For sqlite3_auto_extension.
int NoteOpened(sqlite3* database, const char** /*error*/,
               const sqlite3_api_routines* /*routines*/) {
  LastOpened() = database;
  return SQLITE_OK;
}

// A power failure may damage a file that is not.
TEST_F(StateFileTest, IsSynced) {
  // The type that SQLite documents for an entry point.
  auto* const entry = reinterpret_cast<void (*)()>(NoteOpened);
  ASSERT_EQ(sqlite3_auto_extension(entry), SQLITE_OK);
  const auto opened = Open();
  sqlite3_cancel_auto_extension(entry);
  ASSERT_TRUE(opened);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(LastOpened(), "PRAGMA synchronous", -1, &statement, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(statement, 0), 2) << "FULL";
  sqlite3_finalize(statement);
}

TEST_F(StateFileTest, DropsTheTasksOfAnotherScopeAndKeepsTheRest) {
  const auto known = RandomSnapshot(1);
  const discovery::ClusterMemory cluster{.arn = "c", .last_good = {}};
  {
    Fill({"i-1"});
    auto opened = Open();
    ASSERT_TRUE(opened);
    std::vector<Change> changes = {
        {.kind = RecordKind::kCluster, .key = cluster.arn, .bytes = Encode(cluster)}};
    for (const auto& task : known.tasks) {
      changes.push_back(
          {.kind = RecordKind::kTask, .key = task.record.task.arn, .bytes = Encode(task)});
    }
    ASSERT_TRUE(opened->file.Apply(changes, {}));
  }
  const auto counts = [&](const std::string& scope) {
    const auto opened = StateFile::Open(path_, kHere, scope);
    if (!opened || !opened->set_aside.empty()) return std::vector<std::size_t>();
    const auto& found = opened->known;
    return std::vector{found.addresses.size(), found.tasks.size(), found.clusters.size()};
  };
  EXPECT_THAT(counts("all"), ElementsAre(1U, known.tasks.size(), 1U));
  EXPECT_THAT(counts("other"), ElementsAre(1U, 0U, 0U));
  EXPECT_THAT(counts("all"), ElementsAre(1U, 0U, 0U)) << "they do not come back";
}

// SQLite keeps no checksums.
TEST_F(StateFileTest, SetsAsideAFileWithAFlippedBitInARecord) {
  Fill({"i-1"});
  auto bytes = Bytes();
  const auto at = bytes.find("10.0.0.1");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '3';
  Put(bytes);
  EXPECT_EQ(SetAside(), "a record in it cannot be read" + Aside(1));
}

TEST_F(StateFileTest, NeverMakesMoreThanNineFiles) {
  for (int i = 0; i < 12; ++i) {
    Put(std::string(4096, '\0'));
    EXPECT_NE(SetAside(), "");
  }
  EXPECT_LE(Names().size(), 3U + 9U * 2U);
}

TEST_F(StateFileTest, OpensAfterAnyDamage) {
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) ids.push_back("i-" + std::to_string(i));
  Fill(ids);
  const auto good = Bytes();
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    auto bytes = good;
    if (round % 3 == 0) bytes.resize(random() % bytes.size());
    for (auto count = random() % 20; count > 0 && !bytes.empty(); --count) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    Put(bytes);
    const auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().message;
    for (int number = 1; number <= 9; ++number) {
      for (const auto* suffix : {"", "-journal"}) {
        std::filesystem::remove(path_ + ".set-aside-" + std::to_string(number) + suffix);
      }
    }
  }
}

// A kill while the file was made used to leave one that the next run set aside.
TEST_F(StateFileTest, SurvivesAKillWhileItIsMade) {
  std::mt19937 random(13);
  for (int round = 0; round < 60; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      while (true) {
        std::filesystem::remove(path_);
        if (const auto opened = Open(); !opened) ::_exit(1);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    ASSERT_THAT(Ids(), IsEmpty());
  }
}

// Killed at any moment of a write, the file is as it was before or after one.
TEST_F(StateFileTest, SurvivesAKillAtAnyMoment) {
  Fill({"0"});
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto opened = Open();
      if (!opened || !opened->set_aside.empty()) ::_exit(1);
      // Every transaction writes one number to all of many records.
      for (int number = 0;; ++number) {
        std::vector<Change> changes;
        for (int i = 0; i < 200; ++i) {
          changes.push_back(
              Set(At("i-" + std::to_string(i), "10.0.0." + std::to_string(number % 256))));
        }
        if (!opened->file.Apply(changes, {})) ::_exit(2);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);

    const auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_EQ(opened->set_aside, "");
    std::vector<std::string> addresses;
    for (const auto& instance : opened->known.addresses) {
      if (instance->id != "0") addresses.push_back(instance->addresses.ipv4);
    }
    ASSERT_TRUE(addresses.empty() || addresses.size() == 200);
    ASSERT_EQ(std::ranges::adjacent_find(addresses, std::not_equal_to<>()), addresses.end());
  }
}

}  // namespace
}  // namespace ecsd::state
