#include "server/list_query.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(ReadListQueryTest, ReadsWhatTheRowsAreGroupedBy) {
  EXPECT_EQ(ReadListQuery("sort=cluster"), (ListQuery{.sort = ListQuery::Sort::kCluster}));
  EXPECT_EQ(ReadListQuery("sort=nonsense"), ListQuery{});
  // Targets have no reason.
  EXPECT_EQ(ReadListQuery("sort=reason&reason=needs_action"), ListQuery{});
}

TEST(ReadListQueryTest, ReadsAllReasonsThatNeedAction) {
  EXPECT_EQ(ReadListQuery("show=skipped&reason=needs_action&sort=reason"),
            (ListQuery{.show = ListQuery::Show::kSkipped,
                       .needs_action = true,
                       .sort = ListQuery::Sort::kReason}));
}

TEST(ListQueryTest, AsksForTheSameWordsUnderTheOtherTab) {
  const ListQuery query{.show = ListQuery::Show::kSkipped,
                        .text = "web",
                        .cluster = "prod",
                        .needs_action = true,
                        .sort = ListQuery::Sort::kReason,
                        .page = 3};

  EXPECT_EQ(query.Other(), (ListQuery{.text = "web", .cluster = "prod"}));
  EXPECT_EQ(query.Other().Other().show, ListQuery::Show::kSkipped);
}

TEST(ToUrlTest, IsReadBackAsItWas) {
  const ListQuery query{.show = ListQuery::Show::kSkipped,
                        .text = "a&b=\"<c>\" d\xC3\xA4",
                        .cluster = "x y",
                        .reason = core::Reason::kFiltered,
                        .sort = ListQuery::Sort::kLargest,
                        .page = 2};

  EXPECT_EQ(ReadListQuery(ToUrl(query).substr(1)), query);
  EXPECT_EQ(ToUrl({}), "?");
  EXPECT_EQ(ToUrl({.show = ListQuery::Show::kSkipped, .needs_action = true}),
            "?show=skipped&reason=needs_action");
}

TEST(ReadListQueryTest, TakesTheLongestNameOfACluster) {
  const std::string longest(255, 'c');

  EXPECT_EQ(ReadListQuery("cluster=" + longest).cluster, longest);
  EXPECT_EQ(ReadListQuery("cluster=" + std::string(5000, 'c')).cluster.size(), 255U);
}

}  // namespace
}  // namespace ecsd::server
