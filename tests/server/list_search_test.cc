#include "server/list_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using testing::ElementsAre;
using Sort = ListQuery::Sort;

Snapshot With250Targets() {
  auto containers = std::make_shared<PlainContainers>();
  for (int i = 0; i < 250; ++i) {
    containers->targets.push_back(GoodContainers().targets.front());
    containers->targets.back().address = "10.0.0." + std::to_string(i) + ":80";
  }
  auto snapshot = GoodSnapshot();
  snapshot.containers = containers;
  return snapshot;
}

// Targets of these (service, cluster, task), in this order.
struct Placed {
  std::string service;
  std::string cluster;
  std::string task;
};

Snapshot WithTargetsOf(const std::vector<Placed>& all) {
  auto containers = std::make_shared<PlainContainers>();
  for (const auto& each : all) {
    auto target = GoodContainers().targets.front();
    target.labels.Set("task_group",
                      each.service.empty() ? "family:batch" : "service:" + each.service);
    target.labels.Set("cluster_arn", "arn:aws:ecs:eu-west-1:123456789012:cluster/" + each.cluster);
    target.labels.Set("task_arn",
                      "arn:aws:ecs:eu-west-1:123456789012:task/" + each.cluster + "/" + each.task);
    containers->targets.push_back(std::move(target));
  }
  auto snapshot = GoodSnapshot();
  snapshot.containers = containers;
  return snapshot;
}

TEST(FindTargetsTest, GroupsByServiceAndCluster) {
  const auto snapshot = WithTargetsOf({{"web", "a", "1"},
                                       {"", "a", "2"},
                                       {"db", "a", "3"},
                                       {"web", "a", "4"},
                                       {"web", "a", "4"},
                                       {"web", "b", "5"}});

  const auto found = FindTargets(snapshot, {});

  EXPECT_THAT(
      found.groups,
      ElementsAre(RowGroup{.name = "db", .cluster = "a", .rows = 1, .tasks = 1, .rows_of_page = 1},
                  RowGroup{.name = "web", .cluster = "a", .rows = 3, .tasks = 2, .rows_of_page = 3},
                  RowGroup{.name = "web", .cluster = "b", .rows = 1, .tasks = 1, .rows_of_page = 1},
                  RowGroup{.name = "", .cluster = "a", .rows = 1, .tasks = 1, .rows_of_page = 1}));
  ASSERT_EQ(found.rows.size(), 6U);
  EXPECT_EQ(found.rows[0].labels.Get("task_group"), "service:db");
  EXPECT_EQ(found.rows[5].labels.Get("task_group"), "family:batch");
}

TEST(FindTargetsTest, HasTheLargestGroupFirst) {
  const auto snapshot = WithTargetsOf({{"a", "x", "1"}, {"b", "x", "2"}, {"b", "x", "3"}});

  const auto found = FindTargets(snapshot, {.sort = Sort::kLargest});

  ASSERT_EQ(found.groups.size(), 2U);
  EXPECT_EQ(found.groups.front().name, "b");
}

TEST(FindTargetsTest, GroupsByClusterDefinitionAndContainer) {
  const auto snapshot = WithTargetsOf({{"a", "y", "1"}, {"b", "x", "2"}});

  EXPECT_EQ(FindTargets(snapshot, {.sort = Sort::kCluster}).groups.front(),
            (RowGroup{.name = "x", .cluster = {}, .rows = 1, .tasks = 1, .rows_of_page = 1}));
  EXPECT_EQ(FindTargets(snapshot, {.sort = Sort::kDefinition}).groups.front().name, "web:7");
  EXPECT_EQ(FindTargets(snapshot, {.sort = Sort::kContainer}).groups.front().name, "app");
}

TEST(FindTargetsTest, GoesOnWithAGroupOnTheNextPage) {
  const auto found = FindTargets(With250Targets(), {.page = 3});

  EXPECT_THAT(found.groups, ElementsAre(RowGroup{.name = "web",
                                                 .cluster = "prod",
                                                 .rows = 250,
                                                 .tasks = 1,
                                                 .continued = true,
                                                 .rows_of_page = 50}));
}

TEST(FindTargetsTest, FindsEveryWordInAnyFieldInAnyCase) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindTargets(snapshot, {.text = "WEB 10.0.0.5  app"}).count, 1U);
  EXPECT_EQ(FindTargets(snapshot, {.text = "web nothing"}).count, 0U);
  EXPECT_EQ(FindTargets(snapshot, {.cluster = "prod"}).count, 1U);
  EXPECT_EQ(FindTargets(snapshot, {.cluster = "rod"}).count, 0U);
}

TEST(FindTargetsTest, ShowsTheLastPageForOneThatIsBeyondIt) {
  const auto snapshot = With250Targets();

  for (const auto& query :
       {ListQuery{.page = 77}, ListQuery{.text = "web", .page = 77},
        ListQuery{.text = "web", .page = SIZE_MAX}, ListQuery{.page = SIZE_MAX}}) {
    const auto found = FindTargets(snapshot, query);

    EXPECT_EQ(found.count, 250U);
    EXPECT_EQ(found.pages, 3U);
    EXPECT_EQ(found.page, 3U);
    ASSERT_EQ(found.rows.size(), 50U);
    EXPECT_EQ(found.rows.front().address, "10.0.0.200:80");
    EXPECT_EQ(found.rows.back().address, "10.0.0.249:80");
  }
}

TEST(FindTargetsTest, ShowsOnePageOfWhatItFinds) {
  const auto snapshot = With250Targets();

  for (const auto& query : {ListQuery{.page = 2}, ListQuery{.cluster = "prod", .page = 2}}) {
    const auto found = FindTargets(snapshot, query);

    EXPECT_EQ(found.count, 250U);
    EXPECT_EQ(found.page, 2U);
    ASSERT_EQ(found.rows.size(), 100U);
    EXPECT_EQ(found.rows.front().address, "10.0.0.100:80");
    EXPECT_EQ(found.rows.back().address, "10.0.0.199:80");
  }
}

TEST(FindTargetsTest, FindsNothingBeforeTheFirstRefresh) {
  EXPECT_EQ(FindTargets(EmptySnapshot(), {.page = 3}).count, 0U);
  EXPECT_EQ(FindSkipped(EmptySnapshot(), {.page = 3}).page, 1U);
}

TEST(FindSkippedTest, FiltersByReason) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindSkipped(snapshot, {.reason = core::Reason::kNoBinding}).count, 1U);
  EXPECT_EQ(FindSkipped(snapshot, {.reason = core::Reason::kFiltered}).count, 0U);
  EXPECT_EQ(FindSkipped(snapshot, {.text = "8080->32768"}).count, 1U);
}

TEST(FindSkippedTest, FindsWhatNeedsAction) {
  auto containers = std::make_shared<PlainContainers>(GoodContainers());
  containers->skipped.push_back(containers->skipped.front());
  containers->skipped.back().reason = core::Reason::kNoPortLabel;
  auto snapshot = GoodSnapshot();
  snapshot.containers = containers;

  const auto found =
      FindSkipped(snapshot, {.show = ListQuery::Show::kSkipped, .needs_action = true});

  ASSERT_EQ(found.rows.size(), 1U);
  EXPECT_EQ(found.rows.front().reason, core::Reason::kNoBinding);
  EXPECT_EQ(FindSkipped(snapshot, {.show = ListQuery::Show::kSkipped, .sort = Sort::kReason})
                .groups.size(),
            2U);
}

TEST(CountFoundTest, CountsWhatFindFinds) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(CountFound(snapshot, {}), 1U);
  EXPECT_EQ(CountFound(snapshot, {.text = "nothing"}), 0U);
  EXPECT_EQ(CountFound(snapshot, {.show = ListQuery::Show::kSkipped, .text = "db"}), 1U);
  EXPECT_EQ(CountFound(snapshot, {.show = ListQuery::Show::kSkipped, .cluster = "test"}), 0U);
  EXPECT_EQ(CountFound(EmptySnapshot(), {.text = "web"}), 0U);
}

TEST(FindSkippedTest, FindsTheNameOfAServiceAndNotTheWord) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindSkipped(snapshot, {.text = "DB"}).count, 1U);
  EXPECT_EQ(FindSkipped(snapshot, {.text = "service"}).count, 0U);
}

}  // namespace
}  // namespace ecsd::server
