// What a refresh comes to when one action of the APIs is refused: at a start without a file, and
// when there are last good targets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "discovery/scripted_account.h"
#include "discovery/source.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAreArray;

struct ConclusionCase {
  std::string refused;  // the action
  // At a start.
  bool writes_at_once = false;
  bool writes_after_grace = false;
  std::vector<std::string> first;  // the targets then
  // With last good targets, when one task has stopped and another is new.
  bool complete = false;
  std::vector<std::string> later;      // the targets
  std::vector<std::string> stale;      // clusters
  std::vector<EventKind> events = {};  // of that refresh
};

void PrintTo(const ConclusionCase& conclusion, std::ostream* out) {
  *out << conclusion.refused;
}

const std::string kStopped = "a1 10.0.0.1:9102";
const std::string kBridged = "a2 10.1.0.1:32770";
const std::string kSteady = "b1 10.0.0.3:9102";
const std::string kAdded = "a3 10.1.0.2:32772";

std::vector<ConclusionCase> Conclusions() {
  const std::vector<std::string> nothing;
  const std::vector<std::string> before = {kStopped, kBridged, kSteady};
  const std::vector<std::string> after = {kBridged, kAdded, kSteady};
  const std::vector<std::string> without_new = {kBridged, kSteady};
  const std::vector<EventKind> one_stale = {EventKind::kClusterStale};
  const std::vector<EventKind> two_stale = {EventKind::kClusterStale, EventKind::kClusterStale};
  return {
      {"Nothing", true, true, before, true, after, {}},
      {"DescribeClusters", true, true, before, true, after, {}},
      {"ListClusters", false, false, nothing, false, after, {}},
      {"ListTasks", false, false, nothing, false, before, {"prod", "test"}, two_stale},
      {"DescribeTasks", false, false, nothing, false, before, {"prod"}, one_stale},
      {"DescribeTaskDefinition", false, false, nothing, false, without_new, {"prod"}, one_stale},
      {"DescribeContainerInstances",
       false,
       true,
       {kStopped, kSteady},
       false,
       without_new,
       {"prod"},
       one_stale},
      {"DescribeInstances",
       false,
       true,
       {kStopped, kSteady},
       false,
       without_new,
       {"prod"},
       one_stale},
  };
}

class ConclusionTest : public testing::TestWithParam<ConclusionCase> {
 protected:
  ConclusionTest() {
    account_.clusters = {{"prod", "ACTIVE"}, {"test", "ACTIVE"}};
    account_.tasks["a1"] = {.cluster = "prod", .address = 1};
    account_.tasks["a2"] = {.cluster = "prod", .kind = "bridge", .address = 2};
    account_.tasks["b1"] = {.cluster = "test", .address = 3};
  }

  RefreshReport Refresh(Source& source) {
    account_.account.clock.Advance(1min);
    return account_.Refresh(source);
  }

  // One task stops, and one comes that refers to what nobody has read yet.
  void Change() {
    account_.tasks["a1"].listed = false;
    account_.tasks["a3"] = {.cluster = "prod", .kind = "restart", .address = 4, .instance = 2};
  }

  static std::vector<std::string> StaleOf(const Source& source) {
    std::vector<std::string> names;
    for (const auto& cluster : ClustersOf(source)) {
      if (cluster.error) names.push_back(cluster.arn.substr(cluster.arn.rfind('/') + 1));
    }
    return names;
  }

  ScriptedAccount account_;
};

TEST_P(ConclusionTest, AtAStartItDecidesWhetherAFileIsWritten) {
  const auto& expected = GetParam();
  account_.denied = {expected.refused};
  auto source = account_.MakeSource();
  EXPECT_EQ(Refresh(source).complete(), expected.writes_at_once);
  EXPECT_EQ(source.MayWrite(), expected.writes_at_once);
  EXPECT_THAT(TargetsOf(source), ElementsAreArray(expected.first));
  for (int i = 0; i < 4; ++i) Refresh(source);
  EXPECT_EQ(source.MayWrite(), expected.writes_after_grace);
  EXPECT_THAT(TargetsOf(source), ElementsAreArray(expected.first));
}

TEST_P(ConclusionTest, LaterItDecidesWhatIsTakenIn) {
  const auto& expected = GetParam();
  auto source = account_.MakeSource();
  ASSERT_TRUE(Refresh(source).complete());
  const auto before = TargetsOf(source);
  const auto version = source.fleet().targets_version();
  Change();
  account_.denied = {expected.refused};
  const auto report = Refresh(source);
  EXPECT_EQ(report.complete(), expected.complete);
  EXPECT_EQ(report.error.has_value(), !expected.complete);
  EXPECT_TRUE(source.MayWrite());
  EXPECT_THAT(TargetsOf(source), ElementsAreArray(expected.later));
  EXPECT_EQ(source.fleet().targets_version() > version, expected.later != before);
  // Without the list of clusters the error is that of the account, and no cluster's.
  EXPECT_EQ(StaleOf(source), expected.stale);
  std::vector<EventKind> events;
  for (const auto& event : report.events) events.push_back(event.kind);
  EXPECT_THAT(events, ElementsAreArray(expected.events));
}

TEST_P(ConclusionTest, WhenNothingIsRefusedAnyMoreAllIsWell) {
  auto source = account_.MakeSource();
  Refresh(source);
  Change();
  account_.denied = {GetParam().refused};
  for (int i = 0; i < 3; ++i) Refresh(source);
  account_.denied.clear();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAreArray({kBridged, kAdded, kSteady}));
  EXPECT_THAT(StaleOf(source), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Refused, ConclusionTest, testing::ValuesIn(Conclusions()),
                         [](const auto& one) { return one.param.refused; });

}  // namespace
}  // namespace ecsd::discovery
