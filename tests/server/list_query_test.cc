#include "server/list_query.h"

#include <gtest/gtest.h>

#include <string>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

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

TEST(FindTargetsTest, FindsEveryWordInAnyFieldInAnyCase) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindTargets(snapshot, {.text = "WEB 10.0.0.5  app"}).count, 1U);
  EXPECT_EQ(FindTargets(snapshot, {.text = "web nothing"}).count, 0U);
  EXPECT_EQ(FindTargets(snapshot, {.cluster = "prod"}).count, 1U);
  EXPECT_EQ(FindTargets(snapshot, {.cluster = "rod"}).count, 0U);
}

TEST(FindTargetsTest, ShowsTheLastPageForOneThatIsBeyondIt) {
  auto snapshot = GoodSnapshot();
  for (int i = 0; i < 249; ++i) snapshot.targets.push_back(snapshot.targets.front());

  const auto found = FindTargets(snapshot, {.page = 77});

  EXPECT_EQ(found.count, 250U);
  EXPECT_EQ(found.pages, 3U);
  EXPECT_EQ(found.page, 3U);
  EXPECT_EQ(found.rows.size(), 50U);
}

TEST(FindSkippedTest, FiltersByReason) {
  const auto snapshot = GoodSnapshot();

  EXPECT_EQ(FindSkipped(snapshot, {.reason = core::Reason::kNoBinding}).count, 1U);
  EXPECT_EQ(FindSkipped(snapshot, {.reason = core::Reason::kFiltered}).count, 0U);
  EXPECT_EQ(FindSkipped(snapshot, {.text = "8080->32768"}).count, 1U);
}

}  // namespace
}  // namespace ecsd::server
