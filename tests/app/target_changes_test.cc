#include "app/target_changes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/reading.h"

namespace ecsd::app {
namespace {

const std::string kCluster = "arn:aws:ecs:eu-west-1:1:cluster/prod";

core::Target ATarget(std::string address, const std::string& task, std::string job = {}) {
  core::Target target;
  target.address = std::move(address);
  target.labels.Set("task_arn", "arn:aws:ecs:eu-west-1:1:task/prod/" + task);
  target.labels.Set("cluster_arn", kCluster);
  target.labels.Set("container_name", "app");
  target.labels.Set("job", job);
  return target;
}

class TargetChangesTest : public testing::Test {
 protected:
  TargetChange Add(const std::vector<core::Target>& targets) {
    fleet_.Seed(targets, {});
    return changes_.Next(*fleet_.Snapshot({}));
  }

  discovery::Fleet fleet_;
  TargetChanges changes_;
};

TEST_F(TargetChangesTest, BeginsWithNoTargets) {
  EXPECT_EQ(changes_.Next(*fleet_.Snapshot({})), TargetChange());
  EXPECT_EQ(Add({ATarget("a:1", "1"), ATarget("b:1", "2")}),
            (TargetChange{.added = 2, .removed = 0}));
  EXPECT_EQ(changes_.Next(*fleet_.Snapshot({})), TargetChange());
}

TEST_F(TargetChangesTest, CountsOnlyWhatDiffers) {
  static_cast<void>(Add({ATarget("a:1", "1"), ATarget("b:1", "2")}));
  EXPECT_EQ(Add({ATarget("c:1", "3")}), (TargetChange{.added = 1, .removed = 0}));
  EXPECT_EQ(Add({ATarget("c:1", "3")}), TargetChange());
}

TEST_F(TargetChangesTest, TakesAChangedTargetForANewOne) {
  static_cast<void>(Add({ATarget("a:1", "1"), ATarget("b:1", "2")}));
  EXPECT_EQ(Add({ATarget("a:2", "1")}), (TargetChange{.added = 1, .removed = 1}));
  EXPECT_EQ(Add({ATarget("b:1", "2", "web")}), (TargetChange{.added = 1, .removed = 1}));
}

TEST_F(TargetChangesTest, CountsWhatIsGone) {
  static_cast<void>(Add({ATarget("a:1", "1"), ATarget("b:1", "2")}));
  discovery::AccountReading reading;
  reading.clusters.push_back({.arn = kCluster, .gone = true});
  fleet_.Update(std::move(reading), {});
  EXPECT_EQ(changes_.Next(*fleet_.Snapshot({})), (TargetChange{.added = 0, .removed = 2}));
}

}  // namespace
}  // namespace ecsd::app
