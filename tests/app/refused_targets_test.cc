#include "app/refused_targets.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/fleet_snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

core::Target TargetAt(std::string address, std::string task = "1") {
  core::Target target;
  target.address = std::move(address);
  target.labels.Set("task_arn", "arn:aws:ecs:eu-west-1:1:task/prod/" + task);
  target.labels.Set("cluster_arn", "arn:aws:ecs:eu-west-1:1:cluster/prod");
  target.labels.Set("task_name", "web");
  target.labels.Set("container_name", "app");
  return target;
}

discovery::FleetSnapshot FleetOf(const std::vector<core::Target>& targets) {
  discovery::Fleet fleet;
  fleet.Seed(targets, {});
  return *fleet.Snapshot({});
}

TEST(FindRefusedTest, CountsTargetsAndNamesEachReasonOnce) {
  EXPECT_EQ(FindRefused(FleetOf({TargetAt("10.0.0.1:1")})), RefusedTargets());
  auto ftp = TargetAt("10.0.0.1:1", "3");
  ftp.labels.Set("__scheme__", "ftp");
  const auto refused = FindRefused(
      FleetOf({TargetAt("a b:1", "1"), TargetAt("a b:1", "2"), ftp, TargetAt("10.0.0.2:1", "4")}));
  EXPECT_EQ(refused.count, 3U);
  EXPECT_EQ(refused.reasons,
            (std::set<std::string>{
                "web app: address \"a b:1\" contains a blank, so every scrape fails",
                "web app: scheme \"ftp\" is neither http nor https, so every scrape fails"}));
}

class RefusedReportTest : public testing::Test {
 protected:
  // What is logged for these targets.
  std::string Look(const discovery::FleetSnapshot& fleet) {
    testing::internal::CaptureStderr();
    report.Look(fleet);
    return testing::internal::GetCapturedStderr();
  }

  telemetry::Log log{telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt};
  RefusedReport report{log};
};

TEST_F(RefusedReportTest, SpeaksWhenSomethingChangesOnly) {
  discovery::Fleet fleet;
  EXPECT_EQ(Look(*fleet.Snapshot({})), "");
  fleet.Seed(std::vector{TargetAt("a b:1")}, {});
  const auto said = Look(*fleet.Snapshot({}));
  EXPECT_NE(said.find("Prometheus will refuse targets"), std::string::npos) << said;
  EXPECT_NE(said.find("contains a blank"), std::string::npos) << said;
  EXPECT_EQ(Look(*fleet.Snapshot({})), "");
  // Another task of the same family and reason.
  fleet.Seed(std::vector{TargetAt("a b:1", "2")}, {});
  EXPECT_EQ(Look(*fleet.Snapshot({})), "");
  EXPECT_EQ(report.known().count, 2U);
}

}  // namespace
}  // namespace ecsd::app
