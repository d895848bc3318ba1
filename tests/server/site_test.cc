#include "server/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <semaphore>
#include <string>
#include <utility>

#include "server/base64.h"
#include "server/routes.h"
#include "server/snapshots.h"
#include "testing/errors.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace ecsd::server {
namespace {

using testing::HasSubstr;

// A site that is waited for.
class TestSite {
 public:
  explicit TestSite(SiteSettings settings) : site_(std::move(settings)) {}

  Response Answer(const Request& request) {
    for (;;) {
      std::binary_semaphore resumed(0);
      const auto suspend = [&resumed] { return Resume([&resumed] { resumed.release(); }); };
      if (auto response = site_.Answer(request, suspend)) return *std::move(response);
      resumed.acquire();
    }
  }

 private:
  Site site_;
};

class SiteTest : public testing::Test {
 protected:
  // A site with this web configuration.
  TestSite& Start(const std::string& config, bool lifecycle = false,
                  const std::string& hosts = "") {
    const auto path = config.empty() ? "" : directory_.Write("web.yml", config);
    auto opened = LiveWebConfig::Open(path, log_);
    EXPECT_TRUE(opened.has_value());
    config_ = *std::move(opened);
    site_ = std::make_unique<TestSite>(SiteSettings{.board = board_,
                                                    .config = *config_,
                                                    .clock = clock_,
                                                    .figures = [] { return LiveFigures(); },
                                                    .refresh = [this] { ++refreshes_; },
                                                    .lifecycle = lifecycle,
                                                    .hosts = *AllowedHosts::Parse(hosts),
                                                    .unhealthy_after = {},
                                                    .identity = {}});
    return *site_;
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  telemetry::Log log_{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  Board board_{std::make_shared<const Snapshot>(EmptySnapshot())};
  std::unique_ptr<LiveWebConfig> config_;
  std::unique_ptr<TestSite> site_;
  int refreshes_ = 0;
};

TEST_F(SiteTest, ServesNoTargetsBeforeTheFirstGoodDiscovery) {
  auto& site = Start("");

  const auto before = site.Answer({.method = "GET", .path = "/sd"});
  board_.Publish(std::make_shared<const Snapshot>(GoodSnapshot()));
  const auto after = site.Answer({.method = "GET", .path = "/sd"});

  EXPECT_EQ(before.status, 503U);
  EXPECT_EQ(HeaderOf(before, "Retry-After"), "5");
  EXPECT_EQ(after.status, 200U);
  EXPECT_EQ(HeaderOf(after, "Content-Type"), "application/json");
  EXPECT_THAT(BodyOf(after), HasSubstr("{\"targets\":[\"10.0.0.5:9102\"]"));
}

TEST_F(SiteTest, KnowsItsPathsAndMethods) {
  auto& site = Start("");
  const auto status = [&site](const std::string& method, const std::string& path) {
    return site.Answer({.method = method, .path = path}).status;
  };

  for (const std::string path : {"/", "/rows", "/metrics", "/-/healthy"}) {
    EXPECT_EQ(status("GET", path), 200U) << path;
    EXPECT_EQ(status("HEAD", path), 200U) << path;
    EXPECT_EQ(status("POST", path), 405U) << path;
    EXPECT_EQ(status("BREW", path), 405U) << path;
  }
  for (const std::string path : {"", "//", "/sd/", "/../sd", "/%73d", "/sd\r\nX: y", "/favicon.ico",
                                 "/-/refresh/", "/metrics/../../etc/passwd"}) {
    EXPECT_EQ(status("GET", path), 404U) << path;
  }
  EXPECT_EQ(status("GET", "/-/refresh"), 405U);
}

TEST_F(SiteTest, NamesItsPathsToWhoeverAsksForAnother) {
  const auto response = Start("").Answer({.method = "GET", .path = "/targets"});
  EXPECT_EQ(response.status, 404U);
  for (const auto& route : Routes()) {
    EXPECT_THAT(BodyOf(response), HasSubstr(std::string(route.path) + ": "));
  }
}

TEST_F(SiteTest, SaysWhichMethodsAPathTakes) {
  auto& site = Start("");
  EXPECT_EQ(HeaderOf(site.Answer({.method = "POST", .path = "/sd"}), "Allow"), "GET, HEAD");
  EXPECT_EQ(HeaderOf(site.Answer({.method = "GET", .path = "/-/refresh"}), "Allow"), "POST, PUT");
}

TEST_F(SiteTest, LinksWhatProgramsReadFromThePage) {
  EXPECT_THAT(BodyOf(Start("").Answer({.method = "GET", .path = "/"})),
              HasSubstr(R"(<nav aria-label="For programs"><a href="sd">Targets for Prometheus</a> )"
                        R"(<a href="metrics">Metrics</a> <a href="-/healthy">Health</a> )"
                        R"(<a href="-/ready">Readiness</a></nav>)"));
}

TEST_F(SiteTest, RefreshesOnlyWhereItIsEnabled) {
  const auto refused = Start("").Answer({.method = "POST", .path = "/-/refresh"});
  EXPECT_EQ(refused.status, 403U);
  EXPECT_EQ(BodyOf(refused),
            "refreshing by POST is not enabled; start with --web.enable-lifecycle\n");
  EXPECT_EQ(refreshes_, 0);

  auto& site = Start("", true);
  EXPECT_EQ(site.Answer({.method = "POST", .path = "/-/refresh"}).status, 202U);
  EXPECT_EQ(refreshes_, 1);
  const auto pressed =
      site.Answer({.method = "POST", .path = "/-/refresh", .accept = "text/html,*/*"});
  EXPECT_EQ(pressed.status, 303U);
  EXPECT_EQ(HeaderOf(pressed, "Location"), "../");
  EXPECT_EQ(refreshes_, 2);
}

TEST_F(SiteTest, RefreshesNotForAnotherSite) {
  auto& site = Start("", true);

  const auto response =
      site.Answer({.method = "POST", .path = "/-/refresh", .fetch_site = "cross-site"});

  EXPECT_EQ(response.status, 403U);
  EXPECT_EQ(refreshes_, 0);
}

// Over plain HTTP to another machine browsers send no Sec-Fetch-Site.
TEST_F(SiteTest, RefreshesOnlyForItsOwnPages) {
  auto& site = Start("", true);
  const auto status = [&site](const std::string& host, const std::string& origin) {
    return site.Answer({.method = "POST", .path = "/-/refresh", .host = host, .origin = origin})
        .status;
  };

  EXPECT_EQ(status("ecs:8080", "http://evil.example"), 403U);
  EXPECT_EQ(status("ecs:8080", "http://ecs:9090"), 403U);
  EXPECT_EQ(status("ecs:8080", "null"), 403U);
  EXPECT_EQ(refreshes_, 0);
  EXPECT_EQ(status("ecs:8080", "http://ecs:8080"), 202U);
  EXPECT_EQ(status("ecs:8080", ""), 202U);
  EXPECT_EQ(refreshes_, 2);
}

TEST_F(SiteTest, AnswersAtEveryPathOnlyToAllowedHosts) {
  auto& site =
      Start("basic_auth_users: {ann: $2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn.}",
            true, "ecs.example.org");
  const auto status = [&site](const std::string& path, const std::string& host) {
    return site.Answer({.method = "GET", .path = path, .host = host}).status;
  };

  for (const std::string path : {"/", "/sd", "/metrics", "/-/healthy", "/-/ready", "/nowhere"}) {
    EXPECT_EQ(status(path, "evil.example"), 421U) << path;
    EXPECT_EQ(status(path, ""), 421U) << path;
    EXPECT_EQ(status(path, "ECS.example.org.:8080"), 401U) << path;
  }
}

TEST_F(SiteTest, AsksForALoginEverywhere) {
  auto& site = Start(
      "basic_auth_users: {ann: $2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn.}");
  const auto answer = [&site](const std::string& path, const std::string& authorization) {
    return site.Answer({.method = "GET", .path = path, .authorization = authorization});
  };

  for (const std::string path : {"/", "/sd", "/metrics", "/-/healthy", "/nowhere"}) {
    const auto refused = answer(path, "");
    EXPECT_EQ(refused.status, 401U) << path;
    EXPECT_EQ(HeaderOf(refused, "WWW-Authenticate"), "Basic realm=\"prometheus-ecs-discovery\"");
  }
  EXPECT_EQ(answer("/-/healthy", "Basic " + EncodeBase64("ann:wrong")).status, 401U);
  EXPECT_EQ(answer("/-/healthy", "Basic " + EncodeBase64("ann:s3cret")).status, 200U);
}

TEST_F(SiteTest, AddsTheHeadersOfTheConfiguration) {
  auto& site = Start("http_server_config: {headers: {X-Frame-Options: deny}}");

  const auto response = site.Answer({.method = "GET", .path = "/-/healthy"});

  EXPECT_EQ(HeaderOf(response, "X-Frame-Options"), "deny");
  EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff");
}

TEST_F(SiteTest, CountsItsAnswers) {
  auto& site = Start("");
  static_cast<void>(site.Answer({.method = "GET", .path = "/nowhere"}));

  const auto metrics = BodyOf(site.Answer({.method = "GET", .path = "/metrics"}));

  EXPECT_THAT(metrics, HasSubstr("ecs_discovery_http_responses_total{code=\"4xx\"} 1\n"));
}

}  // namespace
}  // namespace ecsd::server
