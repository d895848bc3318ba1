#include "server/list_query.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

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

TEST(ReadListQueryTest, ReadsWhatTheFormSends) {
  EXPECT_EQ(ReadListQuery("q=web+%3Capp%3E&cluster=prod&reason=no_binding&show=skipped&page=3"),
            (ListQuery{.show = ListQuery::Show::kSkipped,
                       .text = "web <app>",
                       .cluster = "prod",
                       .reason = core::Reason::kNoBinding,
                       .page = 3}));
}

TEST(ReadListQueryTest, PassesOverWhatMakesNoSense) {
  EXPECT_EQ(ReadListQuery("page=-1&page=999999999999999999999&reason=none&show=all&x&=&&q"),
            ListQuery{});
  EXPECT_EQ(ReadListQuery("q=%zz%4&page=0"), (ListQuery{.text = "%zz%4"}));
  EXPECT_EQ(ReadListQuery("q=a%00b"), (ListQuery{.text = "a b"}));
  EXPECT_EQ(ReadListQuery("q=" + std::string(5000, 'a')).text.size(), 200U);
}

TEST(ToUrlTest, IsReadBackAsItWas) {
  const ListQuery query{.show = ListQuery::Show::kSkipped,
                        .text = "a&b=\"<c>\" d\xC3\xA4",
                        .cluster = "x y",
                        .reason = core::Reason::kFiltered,
                        .page = 2};

  EXPECT_EQ(ReadListQuery(ToUrl(query).substr(1)), query);
  EXPECT_EQ(ToUrl({}), "?");
}

TEST(ReadListQueryTest, TakesTheLongestNameOfACluster) {
  const std::string longest(255, 'c');

  EXPECT_EQ(ReadListQuery("cluster=" + longest).cluster, longest);
  EXPECT_EQ(ReadListQuery("cluster=" + std::string(5000, 'c')).cluster.size(), 255U);
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

TEST(FindSkippedTest, FindsTheNameOfAServiceAndNotTheWord) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindSkipped(snapshot, {.text = "DB"}).count, 1U);
  EXPECT_EQ(FindSkipped(snapshot, {.text = "service"}).count, 0U);
}

}  // namespace
}  // namespace ecsd::server
