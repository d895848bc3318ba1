#include "app/dashboard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/ssm_client.h"
#include "discovery/fleet.h"
#include "discovery/known_state.h"
#include "discovery/source.h"
#include "output/file_sink.h"
#include "server/board.h"
#include "server/health_route.h"
#include "server/snapshot.h"
#include "support/result.h"
#include "testing/fake_account.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;

const std::string kProd = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";

class DashboardHealthTest : public testing::Test {
 protected:
  DashboardHealthTest() { dashboard_.emplace(board_, account_.clock); }

  std::shared_ptr<const server::Snapshot> First() const {
    server::Snapshot snapshot;
    snapshot.started = account_.clock.Now();
    snapshot.last_success = account_.clock.Steady();
    return std::make_shared<const server::Snapshot>(snapshot);
  }

  // A refresh of one cluster ends, a minute after the one before.
  void Refresh(const std::optional<support::Error>& error) {
    account_.clock.Advance(1min);
    discovery::RefreshReport report;
    report.error = error;
    report.clusters = {{.arn = kProd, .had_tasks = true, .error = error}};
    dashboard_->RefreshEnded({.report = report, .took = 1s});
    dashboard_->Publish({source_.View()});
  }

  void Succeed() { Refresh(std::nullopt); }
  void Fail() {
    Refresh(support::Error{.kind = support::ErrorKind::kTransport, .message = "none"});
  }

  [[nodiscard]] bool IsHealthy() const {
    const auto now = account_.clock.Steady();
    return server::AnswerHealthy(*board_.Current(), now, 15min).status == 200;
  }

  test::FakeAccount account_;
  aws::EcsClient ecs_{account_.client};
  aws::Ec2Client ec2_{account_.client};
  aws::SsmClient ssm_{account_.client};
  discovery::Source source_{{
                                .clients = {.ecs = ecs_, .ec2 = ec2_, .ssm = ssm_},
                                .cluster = {},
                                .region = "eu-west-1",
                            },
                            account_.clock};
  server::Board board_{First()};
  std::optional<Dashboard> dashboard_;
};

TEST_F(DashboardHealthTest, EndsWhenNothingWasReadForLong) {
  Succeed();
  for (int i = 0; i < 15; ++i) Fail();
  EXPECT_TRUE(IsHealthy());
  Fail();
  EXPECT_FALSE(IsHealthy());
  Succeed();
  EXPECT_TRUE(IsHealthy());
}

TEST_F(DashboardHealthTest, IsThatOfThisProcessAndNotOfAnEarlierOne) {
  source_.Restore({.definitions = {},
                   .instances = {},
                   .addresses = {},
                   .clusters = {{.arn = kProd, .last_good = account_.clock.Now() - 24h}},
                   .tasks = {}});
  Fail();
  EXPECT_TRUE(IsHealthy());
}

TEST_F(DashboardHealthTest, DoesNotEndWhenTheCalendarJumps) {
  Succeed();
  account_.clock.SetNow(account_.clock.Now() + 24h);
  Fail();
  EXPECT_TRUE(IsHealthy());
}

TEST_F(DashboardHealthTest, EndsAlsoAfterTheCalendarWasSetBack) {
  Succeed();
  account_.clock.SetNow(account_.clock.Now() - 24h);
  for (int i = 0; i < 16; ++i) Fail();
  EXPECT_FALSE(IsHealthy());
}

TEST_F(DashboardHealthTest, CountsFailedRefreshesByTheirFirstFailure) {
  Fail();
  Fail();
  Succeed();

  const auto& tallies = board_.Current()->tallies;
  EXPECT_EQ(tallies.failed, 2U);
  EXPECT_EQ(tallies.failures.at(static_cast<std::size_t>(support::ErrorKind::kTransport)), 2U);
}

TEST_F(DashboardHealthTest, ARefreshThatHoldsALossBackIsNeitherCompleteNorFailed) {
  Succeed();
  const auto complete = board_.Current()->last_complete;
  ASSERT_TRUE(complete);

  account_.clock.Advance(1min);
  discovery::RefreshReport report;
  report.holds_loss = true;
  dashboard_->RefreshEnded({.report = report, .took = 1s});
  dashboard_->Publish({source_.View()});

  EXPECT_EQ(board_.Current()->last_complete, complete);
  EXPECT_EQ(board_.Current()->tallies.failed, 0U);
  EXPECT_EQ(board_.Current()->failing_since, std::nullopt);
}

TEST_F(DashboardHealthTest, KeepsWhetherTheLastWriteWasGood) {
  Succeed();
  EXPECT_EQ(board_.Current()->tallies.last_write_good, std::nullopt);

  dashboard_->FileWritten(support::Fail(support::ErrorKind::kIo, "disk full"));
  Succeed();
  EXPECT_EQ(board_.Current()->tallies.last_write_good, false);

  dashboard_->FileWritten(output::WriteOutcome::kUnchanged);
  Succeed();
  EXPECT_EQ(board_.Current()->tallies.last_write_good, true);
}

TEST_F(DashboardHealthTest, KeepsWhereTheCredentialsAreFrom) {
  dashboard_->UsesCredentials(0, {.source = "profile a"});
  Succeed();
  EXPECT_EQ(board_.Current()->credential_source, "profile a");
}

TEST_F(DashboardHealthTest, SaysSinceWhenRefreshesFail) {
  Succeed();
  EXPECT_EQ(board_.Current()->failing_since, std::nullopt);
  Fail();
  const auto first = account_.clock.Now();
  Fail();
  EXPECT_EQ(board_.Current()->failing_since, first);
  Succeed();
  EXPECT_EQ(board_.Current()->failing_since, std::nullopt);
}

TEST_F(DashboardHealthTest, SaysWhyTheFileIsOutOfDateUntilItIsWritten) {
  dashboard_->FileWritten(support::Fail(support::ErrorKind::kConfig, "no space left on device"));
  Succeed();
  EXPECT_EQ(board_.Current()->write_error, "no space left on device");
  dashboard_->FileWritten(output::WriteOutcome::kReplaced);
  Succeed();
  EXPECT_EQ(board_.Current()->write_error, "");
}

TEST_F(DashboardHealthTest, CountsRefusedTargets) {
  dashboard_->TargetsRefused(0, 3);
  Succeed();
  EXPECT_EQ(board_.Current()->refused_targets, 3U);
}

}  // namespace
}  // namespace ecsd::app
