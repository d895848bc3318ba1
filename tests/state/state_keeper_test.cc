#include "state/state_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/records.h"
#include "discovery/known_state.h"
#include "state/identity.h"
#include "state/random_snapshot.h"
#include "state/record_codec.h"
#include "state/state_file.h"
#include "telemetry/log.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace ecsd::state {
namespace {

const Identity kHere{.region = "eu-west-1", .role_arn = {}, .profile = {}};

class StateKeeperTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<StateKeeper> Start() const {
    auto opened = StateFile::Open(path_, kHere, "all");
    if (!opened || !opened->set_aside.empty()) return nullptr;
    return std::make_unique<StateKeeper>(std::move(opened->file), opened->known, clock_, log_);
  }

  // What a file without tasks is to hold.
  static discovery::KnownState Known(std::uint64_t seed) {
    auto known = RandomSnapshot(seed);
    known.tasks.clear();
    known.clusters.clear();
    return known;
  }

  // The records of a snapshot by key, as bytes.
  static std::map<std::string, std::string> Records(const discovery::KnownState& known) {
    std::map<std::string, std::string> records;
    const auto add = [&](std::string_view kind, const auto& list) {
      for (const auto& record : list) records[std::string(kind) + KeyOf(*record)] = Encode(*record);
    };
    add("d ", known.definitions);
    add("c ", known.instances);
    add("i ", known.addresses);
    for (const auto& task : known.tasks) records["t " + task.record.task.arn] = Encode(task);
    return records;
  }

  [[nodiscard]] std::map<std::string, std::string> InFile() const {
    const auto opened = StateFile::Open(path_, kHere, "all");
    if (!opened) return {{"error", opened.error().message}};
    return Records(opened->known);
  }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/state.db";
  test::FakeClock clock_;
  telemetry::Log log_{telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt};
};

TEST_F(StateKeeperTest, MakesTheFileHoldWhatIsKnown) {
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    {
      const auto keeper = Start();
      ASSERT_NE(keeper, nullptr);
      keeper->Keep(Known(seed), {});
      keeper->Keep(Known(seed + 100), {});
      keeper->Keep(Known(seed), {});
    }
    EXPECT_TRUE(InFile() == Records(Known(seed)));
  }
  {
    Start()->Keep({}, {});
  }
  EXPECT_TRUE(InFile() == Records({}));
}

TEST_F(StateKeeperTest, WritesNothingWhenNothingChanged) {
  const auto known = Known(1);
  {
    Start()->Keep(known, {});
  }
  const auto before = std::filesystem::last_write_time(path_);
  {
    Start()->Keep(known, {});
  }
  EXPECT_EQ(std::filesystem::last_write_time(path_), before);
}

TEST_F(StateKeeperTest, MakesTheChangesThatItIsGiven) {
  auto known = RandomSnapshot(1);
  known.clusters.clear();
  std::vector<Change> all;
  for (const auto& task : known.tasks) {
    all.push_back({.kind = RecordKind::kTask, .key = task.record.task.arn, .bytes = Encode(task)});
  }
  {
    Start()->Keep(known, std::move(all));
  }
  EXPECT_TRUE(InFile() == Records(known));
  {
    const auto keeper = Start();
    keeper->Keep(known, {});
    keeper->Keep(
        known,
        {{.kind = RecordKind::kTask, .key = known.tasks.back().record.task.arn, .bytes = {}}});
  }
  known.tasks.pop_back();
  EXPECT_TRUE(InFile() == Records(known));
}

TEST_F(StateKeeperTest, GivesUpInAHurryAndLeavesTheFileWhole) {
  {
    Start()->Keep(Known(1), {});
  }
  {
    const auto keeper = Start();
    keeper->Hurry();
    keeper->Keep(Known(2), {});
  }
  EXPECT_TRUE(InFile() == Records(Known(1)));
}

// Says it once and keeps the rest for later, as on a full disk.
TEST_F(StateKeeperTest, SaysAFailureOnceAndTriesAgain) {
  testing::internal::CaptureStderr();
  {
    const auto keeper = Start();
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 100;
    ::setrlimit(RLIMIT_FSIZE, &small);
    keeper->Keep(Known(1), {});
    keeper->WaitUntilIdle();
    keeper->Keep(Known(2), {});
    keeper->WaitUntilIdle();
    ::setrlimit(RLIMIT_FSIZE, &before);
    keeper->Keep(Known(2), {});
  }
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(InFile() == Records(Known(2)));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_THAT(log, testing::HasSubstr("state file cannot be written"));
  EXPECT_THAT(log, testing::HasSubstr("state file is written again"));
}

TEST_F(StateKeeperTest, WritesAllThatIsKnownWhereTheFileWasRemoved) {
  auto known = RandomSnapshot(1);
  known.clusters.clear();
  const auto others = [tasks = known.tasks] {
    std::vector<Change> all;
    for (const auto& task : tasks) {
      all.push_back(
          {.kind = RecordKind::kTask, .key = task.record.task.arn, .bytes = Encode(task)});
    }
    return all;
  };
  testing::internal::CaptureStderr();
  {
    const auto keeper = Start();
    keeper->Keep(known, others(), others);
    keeper->WaitUntilIdle();
    std::filesystem::remove(path_);
    keeper->Keep(known, {}, others);  // nothing changed
    keeper->WaitUntilIdle();
    keeper->Keep(known, {}, others);
  }
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(InFile() == Records(known));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  EXPECT_THAT(log, testing::HasSubstr("state file was removed or replaced; it is made again"));
}

TEST_F(StateKeeperTest, LeavesAFileOfSomebodyElseAloneUntilItIsGone) {
  testing::internal::CaptureStderr();
  {
    const auto keeper = Start();
    keeper->Keep(Known(1), {});
    keeper->WaitUntilIdle();
    std::filesystem::remove(path_);
    std::ofstream(path_) << "my notes\n";
    for (std::uint64_t seed = 2; seed < 5; ++seed) {
      keeper->Keep(Known(seed), {});
      keeper->WaitUntilIdle();
    }
    EXPECT_EQ(std::filesystem::file_size(path_), 9U);
    std::filesystem::remove(path_);
    keeper->Keep(Known(4), {});
  }
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(InFile() == Records(Known(4)));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_THAT(log, testing::HasSubstr("cannot be made again"));
}

}  // namespace
}  // namespace ecsd::state
