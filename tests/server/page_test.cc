#include "server/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "server/assets.h"
#include "server/digest.h"
#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using testing::HasSubstr;
using testing::Not;

Page MakePage(bool lifecycle = false) {
  return Page({.version = "1.2.3",
               .region = "eu-west-1",
               .interval = std::chrono::minutes(1),
               .configuration = {{"config.cluster", "<prod>"}, {"aws.external-id", "***"}},
               .cluster = {}},
              lifecycle);
}

Response Show(const Snapshot& snapshot, const ListQuery& query = {}) {
  return MakePage().Answer(
      {.snapshot = snapshot, .live = {}, .now = snapshot.started, .query = query});
}

TEST(PageTest, ShowsAHostileLabelAsText) {
  const auto html = BodyOf(Show(GoodSnapshot()));

  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST(PageTest, ShowsAHostileSearchAsText) {
  const auto html = BodyOf(Show(GoodSnapshot(), {.text = "\"><script>x</script>"}));

  EXPECT_THAT(html, Not(HasSubstr("<script>x")));
  EXPECT_THAT(html, HasSubstr("value=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\""));
}

TEST(PageTest, AllowsItsOwnStyleAndScriptAndNothingElse) {
  const auto policy = HeaderOf(Show(GoodSnapshot()), "Content-Security-Policy");

  EXPECT_EQ(policy, "default-src 'none'; style-src 'sha256-" + Base64Digest(kStyle) +
                        "'; script-src 'sha256-" + Base64Digest(kScript) +
                        "'; connect-src 'self'; img-src data:; form-action 'self'; base-uri "
                        "'none'; frame-ancestors 'none'");
}

TEST(PageTest, SaysWhyAContainerIsNoTargetAndWhatToChange) {
  const auto html = BodyOf(Show(GoodSnapshot(), {.show = ListQuery::Show::kSkipped}));

  EXPECT_THAT(html, HasSubstr("label says 9090; bindings map 8080-&gt;32768"));
  EXPECT_THAT(html, HasSubstr("<dt>network mode</dt><dd>bridge</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>label</dt><dd>PROMETHEUS_EXPORTER_PORT=&lt;9090&gt;</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>bindings</dt><dd>8080-&gt;32768/tcp on 0.0.0.0</dd>"));
  EXPECT_THAT(html, Not(HasSubstr("port mappings")));  // not known here
  EXPECT_THAT(html, HasSubstr("<dt>change</dt><dd>map the port</dd>"));
  EXPECT_THAT(html, HasSubstr("side&quot;car"));
}

TEST(PageTest, GroupsTargetsByService) {
  auto containers = std::make_shared<PlainContainers>(GoodContainers());
  containers->targets.push_back(containers->targets.front());
  containers->targets.back().labels.Set("task_group", "family:batch");
  auto snapshot = GoodSnapshot();
  snapshot.containers = containers;

  const auto html = BodyOf(Show(snapshot));

  EXPECT_THAT(html, HasSubstr("colspan=\"4\">web <span class=\"soft\">&middot; prod &middot; "
                              "1 task &middot; 1 target</span>"));
  EXPECT_THAT(html, HasSubstr("colspan=\"4\">no service <span"));
  EXPECT_THAT(html, HasSubstr(R"(<td data-th="Task" title="aaa"><code>aaa</code></td>)"));
}

TEST(PageTest, SaysHowManyMatchUnderTheOtherTab) {
  const auto snapshot = GoodSnapshot();

  EXPECT_THAT(BodyOf(Show(snapshot)),
              HasSubstr("id=\"count\">1 target &middot; <a href=\"?show=skipped#containers\">1 "
                        "skipped container &rarr;</a></p>"));
  EXPECT_THAT(BodyOf(Show(snapshot, {.text = "db"})),
              HasSubstr("id=\"count\">0 targets match &middot; <a href=\"?show=skipped&amp;q=db"
                        "#containers\">1 skipped container matches &rarr;</a></p>"));
  EXPECT_THAT(BodyOf(Show(snapshot, {.show = ListQuery::Show::kSkipped, .text = "db"})),
              HasSubstr("1 skipped container matches &middot; 0 targets match</p>"));
}

TEST(PageTest, TellsItsScriptTheTimesByItsOwnClock) {
  EXPECT_THAT(BodyOf(Show(GoodSnapshot())),
              HasSubstr("data-now=\"2024-10-04T00:00:00Z\" data-read=\"2024-10-04T00:10:00Z\" "
                        "data-late-after=\"180\""));
}

TEST(PageTest, HasTheButtonOnlyWhereARefreshCanBeAskedFor) {
  const auto snapshot = GoodSnapshot();
  const PageInput input{.snapshot = snapshot, .live = {}, .now = snapshot.started, .query = {}};

  EXPECT_THAT(BodyOf(MakePage(false).Answer(input)), Not(HasSubstr("Refresh now")));
  EXPECT_THAT(BodyOf(MakePage(true).Answer(input)), HasSubstr("Refresh now"));
}

}  // namespace
}  // namespace ecsd::server
