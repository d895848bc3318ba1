#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Render(const Snapshot& snapshot, const LiveFigures& live = {}) {
  return RenderMetrics(
      {.snapshot = snapshot,
       .live = live,
       .process = {},
       .identity = {.version = "1.2.3", .region = "eu-west-1", .interval = std::chrono::minutes(1)},
       .http_answers = {5, 4, 3, 2}});
}

TEST(RenderMetricsTest, SaysWhatTheSnapshotSays) {
  const auto text = Render(GoodSnapshot());

  for (const std::string line :
       {"ecs_discovery_build_info{version=\"1.2.3\"} 1\n", "ecs_discovery_ready 1\n",
        "ecs_discovery_refreshes_total 10\n",
        "ecs_discovery_refresh_failures_total{kind=\"timeout\"} 1\n",
        "ecs_discovery_refresh_failures_total{kind=\"denied\"} 0\n",
        "ecs_discovery_refresh_interval_seconds 60\n",
        "ecs_discovery_file_last_write_successful 1\n",
        "ecs_discovery_refresh_duration_seconds_bucket{le=\"0.5\"} 1\n",
        "ecs_discovery_refresh_duration_seconds_bucket{le=\"300\"} 1\n",
        "ecs_discovery_refresh_duration_seconds_bucket{le=\"+Inf\"} 2\n",
        "ecs_discovery_targets 1\n", "ecs_discovery_stale_clusters 1\n",
        "ecs_discovery_cluster_last_success_timestamp_seconds{ecs_cluster=\"test\"} 1728000240\n",
        "ecs_discovery_cluster_fresh{ecs_cluster=\"test\"} 0\n",
        "ecs_discovery_skipped_containers{reason=\"no_binding\"} 1\n",
        "ecs_discovery_skipped_containers{reason=\"filtered\"} 0\n",
        "ecs_discovery_http_responses_total{code=\"5xx\"} 2\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(RenderMetricsTest, CountsCallsByActionAndKind) {
  const auto text = Render(EmptySnapshot(), {.actions = {{.action = "ecs:ListTasks",
                                                          .calls = 9,
                                                          .failures = {{"throttled", 2}},
                                                          .throttles = 2,
                                                          .retries = 1,
                                                          .bytes = 500}},
                                             .buckets = {{.bucket = "b", .tokens = 99, .rate = 10}},
                                             .clock_ahead = std::chrono::seconds(-3)});

  EXPECT_THAT(text, HasSubstr("ecs_discovery_api_calls_total{action=\"ecs:ListTasks\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_api_call_failures_total{action=\"ecs:ListTasks\","
                              "kind=\"throttled\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_api_budget_tokens{bucket=\"b\"} 99\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_clock_ahead_seconds -3\n"));
}

TEST(RenderMetricsTest, NamesEveryMetricBeforeAnythingHasHappened) {
  const auto text = Render(EmptySnapshot());

  EXPECT_THAT(text, HasSubstr("# TYPE ecs_discovery_credentials_expiry_timestamp_seconds gauge\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE ecs_discovery_cache_hits_total counter\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_ready 0\n"));
}

TEST(RenderMetricsTest, HasNoSampleOfWhatNeverWas) {
  auto snapshot = EmptySnapshot();
  snapshot.clusters = {{.arn = "a:1", .name = "prod", .stale_since = snapshot.started}};

  const auto text = Render(snapshot);

  for (const std::string name :
       {"last_refresh_timestamp_seconds", "last_complete_refresh_timestamp_seconds", "clusters",
        "stale_clusters", "cluster_last_success_timestamp_seconds", "tasks", "targets",
        "skipped_containers", "file_last_write_successful", "credentials_expiry_timestamp_seconds",
        "clock_ahead_seconds"}) {
    EXPECT_THAT(text, HasSubstr("# TYPE ecs_discovery_" + name + " gauge\n"));
    EXPECT_THAT(text, Not(HasSubstr("\necs_discovery_" + name + " ")));
    EXPECT_THAT(text, Not(HasSubstr("\necs_discovery_" + name + "{")));
  }
  EXPECT_THAT(text, HasSubstr("ecs_discovery_cluster_fresh{ecs_cluster=\"prod\"} 0\n"));
}

TEST(RenderMetricsTest, HasNoNumbersOfAClusterThatWasNeverRead) {
  auto snapshot = EmptySnapshot();
  snapshot.clusters = {{.arn = "a:1", .name = "prod", .stale_since = snapshot.started},
                       {.arn = "a:2", .name = "test", .last_success = snapshot.started},
                       {.arn = "a:3", .name = "kept", .tasks = 3, .targets = 2}};

  const auto text = Render(snapshot);

  EXPECT_THAT(text, Not(HasSubstr("ecs_discovery_cluster_tasks{ecs_cluster=\"prod\"}")));
  EXPECT_THAT(text, Not(HasSubstr("ecs_discovery_cluster_targets{ecs_cluster=\"prod\"}")));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_cluster_tasks{ecs_cluster=\"test\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_cluster_targets{ecs_cluster=\"kept\"} 2\n"));
}

TEST(RenderMetricsTest, NamesRegionAndCredentials) {
  auto snapshot = EmptySnapshot();
  snapshot.credential_source = "environment variables";

  EXPECT_THAT(Render(snapshot), HasSubstr("ecs_discovery_aws_info{region=\"eu-west-1\","
                                          "credential_source=\"environment variables\"} 1\n"));
}

TEST(RenderMetricsTest, TheTimeOfTheOthersIsMissingWhileOneOfThemWasNeverRead) {
  auto snapshot = EmptySnapshot();
  for (int i = 0; i < 202; ++i) {
    snapshot.clusters.push_back({.arn = "arn/" + std::to_string(i),
                                 .name = std::to_string(i),
                                 .last_success = snapshot.started + std::chrono::seconds(i)});
  }
  const std::string others = "last_success_timestamp_seconds{ecs_cluster=\"(others)\"}";
  EXPECT_THAT(Render(snapshot), HasSubstr(others + " 1728000200\n"));

  snapshot.clusters[200].last_success.reset();

  EXPECT_THAT(Render(snapshot), Not(HasSubstr(others)));
}

TEST(RenderMetricsTest, BoundsTheNumberOfClustersWithSeries) {
  auto snapshot = EmptySnapshot();
  snapshot.refreshed = snapshot.started;
  for (int i = 0; i < 1000; ++i) {
    snapshot.clusters.push_back(
        {.arn = "arn/" + std::to_string(i), .name = std::to_string(i), .tasks = 1});
  }

  const auto text = Render(snapshot);

  EXPECT_THAT(text, HasSubstr("ecs_discovery_clusters 1000\n"));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_cluster_tasks{ecs_cluster=\"199\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("{ecs_cluster=\"200\"}")));
  EXPECT_THAT(text, HasSubstr("ecs_discovery_cluster_tasks{ecs_cluster=\"(others)\"} 800\n"));
}

TEST(RenderMetricsTest, TellsClustersOfOneNameApart) {
  auto snapshot = EmptySnapshot();
  const auto read = snapshot.started;
  snapshot.clusters = {{.arn = "a:1", .name = "prod", .last_success = read},
                       {.arn = "a:2", .name = "prod", .last_success = read}};

  EXPECT_THAT(Render(snapshot), HasSubstr("ecs_discovery_cluster_tasks{ecs_cluster=\"a:2\"} 0\n"));
}

}  // namespace
}  // namespace ecsd::server
