#include "discovery/machines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "discovery/some_tasks.h"
#include "support/clock.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

Freshness At(int minutes) {
  const auto moment = After(minutes);
  return {.now = moment.steady, .system = moment.system};
}

TEST(MachinesTest, EachIsReadAgainInTimeInEqualParts) {
  Machines machines;
  std::map<std::string, int> read;
  std::size_t most = 0;
  for (int minute = 0; minute < 60; ++minute) {
    machines.BeginRefresh(At(minute));
    for (int i = 0; i < 90; ++i) machines.Use("mi-" + std::to_string(i));
    const auto due = machines.Due();
    if (minute > 0) most = std::max(most, due.size());
    for (const auto& id : due) {
      EXPECT_LE(minute - read[id], 10) << id;
      machines.Read(id);
      read[id] = minute;
    }
    if (minute == 0) {
      for (int i = 0; i < 90; ++i) machines.Read("mi-" + std::to_string(i));
    }
  }
  EXPECT_EQ(read.size(), 90U);
  EXPECT_LE(most, 10U) << "no burst";
}

TEST(MachinesTest, AnAddressIsFreshForAsLongAsItMayBe) {
  Machines machines;
  machines.BeginRefresh(At(0));
  EXPECT_FALSE(machines.IsFresh("mi-1"));
  machines.Read("mi-1");
  machines.BeginRefresh(At(10));
  EXPECT_TRUE(machines.IsFresh("mi-1"));
  EXPECT_EQ(machines.Due(), Ids{"mi-1"});
  machines.BeginRefresh(At(11));
  EXPECT_FALSE(machines.IsFresh("mi-1"));
}

TEST(MachinesTest, ADistrustedAddressIsAskedForAgainAtOnce) {
  Machines machines;
  machines.BeginRefresh(At(0));
  machines.Read("mi-1");
  machines.Distrust("mi-1");
  machines.Use("mi-1");
  machines.BeginRefresh(At(1));
  EXPECT_FALSE(machines.IsFresh("mi-1"));
  EXPECT_EQ(machines.Due(), Ids{"mi-1"});
}

// An address out of a state file used to be kept for good.
TEST(MachinesTest, AnEarlierProcessesReadingIsTrustedForNoLonger) {
  Machines machines;
  machines.Restore("mi-1", After(-9).system);
  machines.Restore("mi-2", After(-11).system);
  machines.Restore("mi-3", std::nullopt);
  machines.Restore("mi-4", After(60).system);
  machines.BeginRefresh(At(0));
  EXPECT_TRUE(machines.IsFresh("mi-1"));
  for (const auto* id : {"mi-2", "mi-3", "mi-4"}) EXPECT_FALSE(machines.IsFresh(id)) << id;
  EXPECT_EQ(machines.Due().size(), 3U);
}

TEST(MachinesTest, AMachineWithoutTasksIsForgotten) {
  Machines machines;
  machines.BeginRefresh(At(0));
  machines.Read("mi-1");
  for (int minute = 1; minute <= 22; ++minute) machines.BeginRefresh(At(minute));
  EXPECT_TRUE(machines.IsUsed("mi-1"));
  machines.BeginRefresh(At(23));
  EXPECT_FALSE(machines.IsUsed("mi-1"));
  EXPECT_EQ(machines.Due(), Ids{});
}

TEST(MachinesTest, WithoutALimitEachIsReadInEveryRefresh) {
  Machines machines;
  auto freshness = At(0);
  freshness.within = 0s;
  machines.BeginRefresh(freshness);
  machines.Read("mi-1");
  freshness.now += 1min;
  machines.BeginRefresh(freshness);
  EXPECT_FALSE(machines.IsFresh("mi-1"));
  EXPECT_EQ(machines.Due(), Ids{"mi-1"});
}

}  // namespace
}  // namespace ecsd::discovery
