#include "app/refresh_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aws/call_stats.h"
#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/ssm_client.h"
#include "config/options.h"
#include "core/target.h"
#include "discovery/source.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/strings.h"
#include "telemetry/log.h"
#include "testing/fake_account.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using support::Error;
using support::ErrorKind;

const std::string kFirst = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
const std::string kSecond = "arn:aws:ecs:eu-west-1:111122223333:cluster/test";
const Error kDenied{.kind = ErrorKind::kDenied, .message = "ecs:ListTasks in prod: denied"};

core::Target TargetOf(const std::string& cluster, int number) {
  core::Target target;
  target.address = "10.0.0." + std::to_string(number) + ":9102";
  target.labels.Set("task_arn",
                    "arn:aws:ecs:eu-west-1:111122223333:task/prod/" + std::to_string(number));
  target.labels.Set("cluster_arn", cluster);
  target.labels.Set("container_name", "app");
  return target;
}

std::vector<std::string> MessagesOf(const std::vector<Json>& lines) {
  std::vector<std::string> messages;
  for (const auto& line : lines) messages.push_back(line.at("msg"));
  return messages;
}

class RefreshLogTest : public testing::Test {
 protected:
  RefreshLogTest() { source_.Seed(std::vector{TargetOf(kFirst, 1), TargetOf(kSecond, 2)}, true); }

  // The lines of a refresh that a minute later failed with `error` in the cluster prod.
  std::vector<Json> Refresh(const std::optional<Error>& error) {
    account_.clock.Advance(1min);
    discovery::RefreshReport report;
    report.error = error;
    report.clusters = {{.arn = kFirst, .had_tasks = true, .error = error}, {.arn = kSecond}};
    return LinesOf(report);
  }

  std::vector<Json> LinesOf(const discovery::RefreshReport& report,
                            Published published = Published::kUnchanged) {
    testing::internal::CaptureStderr();
    refreshes_.Read({.report = report, .view = *source_.View(), .region = "eu-west-1"});
    refreshes_.Ended({.report = report,
                      .view = *source_.View(),
                      .published = published,
                      .took = 1500ms,
                      .stats = stats_,
                      .limiter = account_.limiter});
    return Captured();
  }

  static discovery::RefreshReport Complete() {
    discovery::RefreshReport report;
    report.clusters = {{.arn = kFirst}, {.arn = kSecond}};
    return report;
  }

  static std::vector<Json> Captured() {
    const auto text = testing::internal::GetCapturedStderr();
    std::vector<Json> lines;
    for (const auto line : support::SplitLines(text)) lines.push_back(Json::parse(line));
    return lines;
  }

  // How many of `minutes` refreshes, one a minute, have a line with this message.
  int LinesIn(int minutes, const std::string& message, const std::optional<Error>& error) {
    int found = 0;
    for (int i = 0; i < minutes; ++i) {
      for (const auto& line : Refresh(error)) found += line.at("msg") == message ? 1 : 0;
    }
    return found;
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
  config::Options options_;
  aws::CallStats stats_;
  telemetry::Log log_{telemetry::LogLevel::kInfo, telemetry::LogFormat::kJson};
  RefreshLog refreshes_{options_, account_.clock, log_};
};

constexpr auto kIncomplete =
    "refresh incomplete; what could not be read keeps its last known targets";

TEST_F(RefreshLogTest, SummarizesACompleteRefresh) {
  refreshes_.BeginWith(*source_.View());
  stats_.Count({.service = aws::kEcs, .action = "ListClusters"});
  const auto line = Refresh(std::nullopt).front();
  auto expected = Json::parse(R"({"level":"info","msg":"refreshed","complete":true,"reason":"none",
      "clusters":2,"clusters_failed":0,"targets":2,"added":0,"removed":0,"tasks":2,"calls":1,
      "duration_ms":1500,"file":"ecs_file_sd.yml","written":"unchanged"})");
  expected["ts"] = line.at("ts");
  EXPECT_EQ(line, expected);
}

TEST_F(RefreshLogTest, SummarizesARefreshThatFailed) {
  const auto lines = Refresh(kDenied);
  EXPECT_EQ(MessagesOf(lines),
            (std::vector<std::string>{kIncomplete, "refreshed", "skipped containers"}));
  const auto& failure = lines.at(0);
  EXPECT_EQ(failure.at("level"), "error");
  EXPECT_EQ(failure.at("error"), kDenied.message);
  EXPECT_EQ(failure.at("clusters_failed"), 1);
  const auto& summary = lines.at(1);
  EXPECT_EQ(summary.at("complete"), false);
  EXPECT_EQ(summary.at("reason"), "denied");
  EXPECT_EQ(summary.at("clusters"), 2);
  EXPECT_EQ(summary.at("clusters_failed"), 1);
  EXPECT_EQ(summary.at("added"), 2);  // no earlier process published them
}

TEST_F(RefreshLogTest, CountsEveryKnownClusterWhereNoneWasAskedFor) {
  const auto report = source_.Fail({.kind = ErrorKind::kCredentials, .message = "no credentials"});
  const auto lines = LinesOf(report);
  EXPECT_EQ(lines.at(1).at("msg"), "refreshed");
  EXPECT_EQ(lines.at(1).at("reason"), "credentials");
  EXPECT_EQ(lines.at(1).at("clusters"), 2);
  EXPECT_EQ(lines.at(1).at("clusters_failed"), 2);
}

TEST_F(RefreshLogTest, HasOneSummaryForEveryRefresh) {
  EXPECT_EQ(LinesIn(20, "refreshed", kDenied), 20);
  EXPECT_EQ(LinesIn(20, "refreshed", std::nullopt), 20);
}

TEST_F(RefreshLogTest, RepeatsAnErrorEvery15Minutes) {
  EXPECT_EQ(LinesIn(15, kIncomplete, kDenied), 1);
  EXPECT_EQ(LinesIn(30, kIncomplete, kDenied), 2);
}

TEST_F(RefreshLogTest, SaysSinceWhenAndHowOftenARefreshFails) {
  EXPECT_EQ(LinesIn(15, kIncomplete, kDenied), 1);
  for (const auto& line : Refresh(kDenied)) {
    if (line.at("msg") != kIncomplete) continue;
    EXPECT_EQ(line.at("since"), "2024-10-04T00:01:00.000Z");
    EXPECT_EQ(line.at("times"), 16);
    return;
  }
  FAIL() << "no line";
}

TEST_F(RefreshLogTest, LogsAnErrorOfAnotherKindAtOnce) {
  EXPECT_EQ(LinesIn(3, kIncomplete, kDenied), 1);
  EXPECT_EQ(LinesIn(3, kIncomplete, Error{.kind = ErrorKind::kTimeout, .message = "late"}), 1);
}

TEST_F(RefreshLogTest, SaysThatRefreshesAreCompleteAgain) {
  EXPECT_EQ(LinesIn(3, kIncomplete, kDenied), 1);
  const auto line = Refresh(std::nullopt).front();
  EXPECT_EQ(line.at("msg"), "refreshes are complete again");
  EXPECT_EQ(line.at("times"), 3);
  EXPECT_EQ(LinesIn(1, "refreshes are complete again", std::nullopt), 0);
}

TEST_F(RefreshLogTest, SaysThatTheFileWasNotWritten) {
  const auto lines = LinesOf(Complete(), Published::kFailed);
  EXPECT_EQ(lines.at(0).at("msg"), "refreshed");
  EXPECT_EQ(lines.at(0).at("written"), "failed");
}

TEST_F(RefreshLogTest, CountsNothingAsAddedThatIsWithheld) {
  const auto lines = LinesOf(Complete(), Published::kWithheld);
  ASSERT_EQ(MessagesOf(lines), std::vector<std::string>{"refreshed"});
  EXPECT_EQ(lines.at(0).at("added"), 0);
  EXPECT_EQ(lines.at(0).at("written"), "withheld");
}

TEST_F(RefreshLogTest, WarnsOfAnAccountWithoutClustersOnceAndAgain) {
  discovery::RefreshReport deleted;
  deleted.clusters = {{.arn = kFirst, .gone = true}};
  const auto lines = LinesOf(deleted);
  EXPECT_EQ(lines.at(0).at("msg"),
            "AWS lists no ECS clusters; check that region and role are the right ones");
  EXPECT_EQ(lines.at(0).at("region"), "eu-west-1");
  EXPECT_EQ(LinesOf({}).at(0).at("msg"), "refreshed");
  EXPECT_EQ(LinesOf(Complete()).at(0).at("msg"), "refreshed");
  EXPECT_EQ(LinesOf({}).at(0).at("level"), "warn") << "a new episode";
}

// Two clusters, each of which fails with its own error from the start.
class UnreadClustersTest : public RefreshLogTest {
 protected:
  UnreadClustersTest() {
    const std::string arns = R"({"clusterArns":[")" + kFirst + R"(",")" + kSecond + R"("]})";
    account_.transport.Always("ecs ListClusters", http::Response{.status = 200, .body = arns});
    account_.transport.Handle("ecs ListTasks", [](const http::Request& request) {
      const bool first = request.body.find(kFirst) != std::string::npos;
      return http::Response{.status = 400,
                            .body = first ? R"({"__type":"AccessDeniedException"})"
                                          : R"({"__type":"InvalidParameterException"})"};
    });
  }

  // The lines of a refresh with this message.
  std::vector<Json> Lines(const std::string& message, Published published = Published::kWithheld) {
    report_ = unread_.Refresh(account_.In(1min));
    testing::internal::CaptureStderr();
    refreshes_.Read({.report = report_, .view = *unread_.View(), .region = "eu-west-1"});
    refreshes_.Ended({.report = report_,
                      .view = *unread_.View(),
                      .published = published,
                      .took = 1500ms,
                      .stats = stats_,
                      .limiter = account_.limiter});
    auto lines = Captured();
    std::erase_if(lines, [&](const Json& line) { return line.at("msg") != message; });
    return lines;
  }

  discovery::Source unread_{{
                                .clients = {.ecs = ecs_, .ec2 = ec2_, .ssm = ssm_},
                                .cluster = {},
                                .region = "eu-west-1",
                                .interval = 1min,
                                .rediscover_within = 10min,
                            },
                            account_.clock};
  discovery::RefreshReport report_;
};

constexpr auto kUnreadLine = "cluster could not be read; it has no known targets yet";

TEST_F(UnreadClustersTest, HaveALineEachAtTheBeginningAndEvery15Minutes) {
  for (const bool reminder : {false, true}) {
    const auto lines = Lines(kUnreadLine);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines.at(0).at("level"), "warn");
    EXPECT_EQ(lines.at(0).at("cluster"), kFirst);
    EXPECT_NE(lines.at(0).at("error").get<std::string>().find("AccessDenied"), std::string::npos);
    EXPECT_EQ(lines.at(1).at("cluster"), kSecond);
    EXPECT_NE(lines.at(1).at("error").get<std::string>().find("InvalidParameterException"),
              std::string::npos);
    EXPECT_EQ(lines.at(0).contains("since"), reminder);
    account_.clock.Advance(1min);
    EXPECT_TRUE(Lines(kUnreadLine).empty());
    account_.clock.Advance(15min);
  }
}

TEST_F(UnreadClustersTest, AreNamedOnceWhenTargetsArePublishedWithoutThem) {
  constexpr auto kPublished = "published without clusters that were never read";
  EXPECT_TRUE(Lines(kPublished).empty());
  const auto lines = Lines(kPublished, Published::kReplaced);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.at(0).at("level"), "warn");
  EXPECT_EQ(lines.at(0).at("clusters"), kFirst + " " + kSecond);
  EXPECT_TRUE(Lines(kPublished, Published::kUnchanged).empty());
}

TEST_F(RefreshLogTest, SaysHeldBackWhereALossIs) {
  auto report = Complete();
  report.holds_loss = true;
  const auto lines = LinesOf(report);
  EXPECT_EQ(lines.at(0).at("complete"), false);
  EXPECT_EQ(lines.at(0).at("reason"), "held_back");
}

}  // namespace
}  // namespace ecsd::app
