#include "server/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
               .configuration = {{"config.cluster", "<prod>"}, {"aws.external-id", "***"}}},
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

TEST(PageTest, NamesTheServiceOfATargetIfItHasOne) {
  auto containers = std::make_shared<PlainContainers>(GoodContainers());
  containers->targets.push_back(containers->targets.front());
  containers->targets.back().task_group = "family:batch";
  auto snapshot = GoodSnapshot();
  snapshot.containers = containers;

  const auto html = BodyOf(Show(snapshot));

  EXPECT_THAT(html, HasSubstr(R"(<td data-th="Service">web</td>)"));
  EXPECT_THAT(html, HasSubstr(R"(<td data-th="Service">&ndash;</td>)"));
}

TEST(PageTest, SaysThatAClusterIsStaleAndWhatHappened) {
  const auto html = BodyOf(Show(GoodSnapshot()));

  EXPECT_THAT(html, HasSubstr("1 of 2 clusters could not be read; their last targets are kept."));
  EXPECT_THAT(html, HasSubstr("<strong>cluster test</strong> ECS ListTasks: no answer"));
}

TEST(PageTest, WaitsForTheFirstDiscovery) {
  EXPECT_THAT(BodyOf(Show(EmptySnapshot())),
              HasSubstr("There has been no good discovery yet; nothing is served."));
}

TEST(PageTest, HasTheButtonOnlyWhereARefreshCanBeAskedFor) {
  const auto snapshot = GoodSnapshot();
  const PageInput input{.snapshot = snapshot, .live = {}, .now = snapshot.started, .query = {}};

  EXPECT_THAT(BodyOf(MakePage(false).Answer(input)), Not(HasSubstr("Refresh now")));
  EXPECT_THAT(BodyOf(MakePage(true).Answer(input)), HasSubstr("Refresh now"));
}

}  // namespace
}  // namespace ecsd::server
