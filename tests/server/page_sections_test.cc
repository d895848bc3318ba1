#include "server/page_sections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Identity kHere{.version = "1.2.3",
                     .region = "eu-west-1",
                     .interval = minutes(1),
                     .configuration = {},
                     .cluster = {}};

PageInput InputOf(const Snapshot& snapshot, const LiveFigures& live) {
  return {.snapshot = snapshot, .live = live, .now = snapshot.started + minutes(11), .query = {}};
}

std::string Summary(const Snapshot& snapshot, const LiveFigures& live = {}) {
  return SummaryHtml(InputOf(snapshot, live), kHere);
}

std::string Clusters(const Snapshot& snapshot) {
  return ClustersHtml(InputOf(snapshot, {}), kHere);
}

ClusterStatus StaleCluster(const std::string& name, const std::string& error) {
  ClusterStatus cluster;
  cluster.name = name;
  cluster.arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/" + name;
  cluster.stale_since = EmptySnapshot().started;
  cluster.error = error;
  return cluster;
}

TEST(SummaryHtmlTest, HasADashForWhatIsNotKnown) {
  const auto html = Summary(EmptySnapshot());

  EXPECT_THAT(html, HasSubstr("<dt>Targets</dt><dd class=\"\">&ndash;</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>Clusters</dt><dd class=\"\">&ndash;</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>Last complete</dt><dd class=\"\">never</dd>"));
}

TEST(SummaryHtmlTest, CountsStaleClusters) {
  EXPECT_THAT(Summary(GoodSnapshot()),
              HasSubstr("<dd class=\"warn\">1 stale</dd><dd class=\"note\">of 2</dd>"));
}

TEST(SummaryHtmlTest, CountsClustersThatAreHeldBack) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters.back().stale_since.reset();
  EXPECT_THAT(Summary(snapshot), HasSubstr("<dd class=\"\">2</dd><dd class=\"note\">all fresh"));
  snapshot.clusters.back().outside = true;
  EXPECT_THAT(Summary(snapshot), HasSubstr("<dd class=\"note\">1 held back</dd>"));
}

TEST(SummaryHtmlTest, SeparatesThousands) {
  LiveFigures live;
  live.actions = {{.action = "ecs:ListTasks", .calls = 1234567, .failures = {}}};

  EXPECT_THAT(Summary(GoodSnapshot(), live), HasSubstr(">1,234,567<"));
}

TEST(SummaryHtmlTest, LinksTheContainersThatNeedAction) {
  EXPECT_THAT(
      Summary(GoodSnapshot()),
      HasSubstr("href=\"?show=skipped&amp;reason=needs_action#containers\">1 needs action</a>"));
}

TEST(SummaryHtmlTest, CountsTheTargetsThatPrometheusRefuses) {
  auto snapshot = GoodSnapshot();
  EXPECT_THAT(Summary(snapshot), Not(HasSubstr("Refused by Prometheus")));
  snapshot.refused_targets = 3;
  EXPECT_THAT(Summary(snapshot),
              HasSubstr("<dt>Refused by Prometheus</dt><dd class=\"warn\">3</dd>"));
}

TEST(ClustersHtmlTest, PutsEqualErrorsTogetherAndMostFirst) {
  auto snapshot = GoodSnapshot();
  const std::string denied = "AccessDeniedException: resource: arn:aws:ecs:eu-west-1:1:x/";
  snapshot.clusters = {StaleCluster("a", denied + "a/*"), StaleCluster("b", "timeout"),
                       StaleCluster("c", denied + "c/*")};

  const auto html = Clusters(snapshot);
  const auto together = html.find("<strong>2 clusters</strong> for <time");
  const auto alone = html.find("<strong>1 cluster</strong> for <time");

  ASSERT_NE(together, std::string::npos);
  ASSERT_NE(alone, std::string::npos);
  EXPECT_LT(together, alone);
  EXPECT_THAT(html, HasSubstr(">a</a>, <a href=\"?cluster=c#containers\""));
}

TEST(ClustersHtmlTest, NamesAFewOfManyThatFailForTheSameReason) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters.clear();
  for (int i = 0; i < 1100; ++i) {
    snapshot.clusters.push_back(StaleCluster("c" + std::to_string(i), "timeout"));
  }

  EXPECT_THAT(Clusters(snapshot),
              AllOf(HasSubstr("<strong>1,100 clusters</strong>"), HasSubstr(" and 1,088 more</li>"),
                    HasSubstr("<summary>All 1,100 clusters</summary>")));
}

TEST(ClustersHtmlTest, HasTheFailingOnesFirst) {
  const auto html = Clusters(GoodSnapshot());
  const auto table = html.substr(html.find("<tbody>"));

  EXPECT_LT(table.find(">test</a>"), table.find(">prod</a>"));
}

TEST(ClustersHtmlTest, HasNoNumbersOfAClusterThatWasNeverRead) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters = {StaleCluster("a", "denied")};
  snapshot.clusters.front().last_success.reset();

  const auto html = Clusters(snapshot);

  for (const std::string column : {"Tasks", "Targets", "Skipped"}) {
    EXPECT_THAT(html, HasSubstr("data-th=\"" + column + "\">&ndash;</td>"));
  }
  EXPECT_THAT(html, HasSubstr("<span class=\"dot warn\">never read</span>"));
}

TEST(ClustersHtmlTest, ShowsAHostileErrorAsText) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters = {StaleCluster("a", "<b>/a</b>")};

  EXPECT_THAT(Clusters(snapshot), Not(HasSubstr("<b>")));
}

TEST(ReasonsHtmlTest, TellsWhatNeedsActionFromWhatIsExpected) {
  auto snapshot = GoodSnapshot();
  snapshot.reasons.at(static_cast<std::size_t>(core::Reason::kNoPortLabel)) = 8600;

  const auto html = ReasonsHtml(snapshot);

  EXPECT_LT(html.find("Needs action"), html.find("no_binding"));
  EXPECT_LT(html.find("no_binding"), html.find("Expected"));
  EXPECT_LT(html.find("Expected"), html.find("no_port_label"));
  EXPECT_THAT(html, HasSubstr(">8,600<"));
}

TEST(CallsHtmlTest, LeavesOutWhatWasNeverCalledAndHasNoNegativeTokens) {
  LiveFigures live;
  live.actions = {{.action = "ecs:ListTasks", .calls = 3, .failures = {}},
                  {.action = "ssm:DescribeInstanceInformation", .failures = {}}};
  live.buckets = {{.bucket = "ecs_cluster_resource_read", .tokens = -7, .rate = 10}};
  const auto snapshot = GoodSnapshot();

  const auto html = CallsHtml(InputOf(snapshot, live));

  EXPECT_THAT(html, HasSubstr("ecs:ListTasks"));
  EXPECT_THAT(html, Not(HasSubstr("ssm:")));
  EXPECT_THAT(html, HasSubstr("data-th=\"Tokens left\">0</td>"));
}

TEST(EventsHtmlTest, ShowsAFewAndTheRestWhenItIsOpened) {
  auto snapshot = GoodSnapshot();
  EXPECT_THAT(EventsHtml(InputOf(snapshot, {})), Not(HasSubstr("<details")));
  for (int i = 0; i < 6; ++i) {
    snapshot.events.push_back(snapshot.events.front());
    snapshot.events.back().text = std::to_string(i);
  }
  EXPECT_THAT(EventsHtml(InputOf(snapshot, {})), HasSubstr("<summary>2 older events</summary>"));
}

TEST(EventsHtmlTest, PutsEqualEventsTogether) {
  auto snapshot = GoodSnapshot();
  snapshot.events.push_back(snapshot.events.front());
  snapshot.events.back().subject = "cluster prod";
  EXPECT_THAT(EventsHtml(InputOf(snapshot, {})),
              HasSubstr("<strong>cluster test, cluster prod</strong>"));
  snapshot.events.assign(9, snapshot.events.front());
  EXPECT_THAT(EventsHtml(InputOf(snapshot, {})), HasSubstr("cluster test and 4 more</strong>"));
  snapshot.events.back().at -= minutes(1);
  EXPECT_THAT(EventsHtml(InputOf(snapshot, {})), HasSubstr("cluster test and 3 more</strong>"));
}

TEST(AccountHtmlTest, SaysWhoseCredentialsAreUsed) {
  auto snapshot = GoodSnapshot();
  snapshot.credential_source = "environment variables";
  const LiveFigures live{
      .caller = {.account = "123456789012", .arn = "arn:aws:iam::123456789012:user/me"}};

  const auto html = AccountHtml(InputOf(snapshot, live), kHere);

  EXPECT_THAT(html, HasSubstr("<dt>Account</dt><dd>123456789012</dd>"));
  EXPECT_THAT(html, HasSubstr("user/<wbr>me</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>Credential source</dt><dd>environment variables</dd>"));
  EXPECT_THAT(AccountHtml(InputOf(snapshot, {}), kHere),
              HasSubstr("<dt>Identity</dt><dd>not known</dd>"));
}

}  // namespace
}  // namespace ecsd::server
