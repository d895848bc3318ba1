#include "app/healthcheck.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "aws/environment.h"
#include "config/options.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::app {
namespace {

using test::FailureOf;
using test::Must;

std::string UrlOf(const config::Options& options) {
  return Must(HealthRequest(options, {})).url;
}

config::Options ListeningAt(const std::string& address) {
  config::Options options;
  options.command = config::Command::kHealthcheck;
  options.web_listen_address = address;
  return options;
}

config::Options Asking(const std::string& url) {
  config::Options options;
  options.command = config::Command::kHealthcheck;
  options.names = {url};
  return options;
}

config::Options WithConfig(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  auto options = ListeningAt(":8080");
  options.web_config_file = path;
  return options;
}

TEST(HealthRequestTest, AsksLoopbackForEveryAddressOfTheMachine) {
  EXPECT_EQ(UrlOf(ListeningAt(":8080")), "http://127.0.0.1:8080/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("0.0.0.0:8080")), "http://127.0.0.1:8080/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("0:8080")), "http://127.0.0.1:8080/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("[::]:8080")), "http://[::1]:8080/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("[::0]:8080")), "http://[::1]:8080/-/healthy");
}

TEST(HealthRequestTest, AsksAnyOtherAddressAsItIs) {
  EXPECT_EQ(UrlOf(ListeningAt("10.0.0.5:80")), "http://10.0.0.5:80/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("localhost:80")), "http://localhost:80/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("[fd00::5]:80")), "http://[fd00::5]:80/-/healthy");
  EXPECT_EQ(UrlOf(ListeningAt("[fe80::5%eth0]:80")), "http://[fe80::5%25eth0]:80/-/healthy");
}

TEST(HealthRequestTest, TakesTheWebConfigurationIntoAccount) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() + "/web.yml";
  EXPECT_EQ(UrlOf(WithConfig(path, "tls_server_config: {cert_file: a.crt, key_file: a.key}\n")),
            "https://127.0.0.1:8080/-/healthy");
  EXPECT_EQ(UrlOf(WithConfig(path, "http_server_config: {headers: {X-Frame-Options: deny}}\n")),
            "http://127.0.0.1:8080/-/healthy");
  const auto failure = FailureOf(HealthRequest(
      WithConfig(path,
                 "tls_server_config: {cert_file: a.crt, key_file: a.key, client_ca_file: c.crt, "
                 "client_auth_type: RequireAndVerifyClientCert}\n"),
      {}));
  EXPECT_NE(failure.message.find("requires a client certificate"), std::string::npos);
}

TEST(HealthRequestTest, UsesAHostThatTheServerAllows) {
  auto options = ListeningAt(":8080");
  options.web_allowed_hosts = " ecs.example.org , 10.0.0.5";
  EXPECT_EQ(Must(HealthRequest(options, {})).headers,
            std::vector<std::string>{"Host: ecs.example.org"});
}

TEST(HealthRequestTest, AsksAGivenUrlWithItsOwnPathIfItHasOne) {
  EXPECT_EQ(UrlOf(Asking("http://a:1")), "http://a:1/-/healthy");
  EXPECT_EQ(UrlOf(Asking("https://[::1]:1/")), "https://[::1]:1/-/healthy");
  EXPECT_EQ(UrlOf(Asking("http://a:1/ecs/-/healthy?x=@")), "http://a:1/ecs/-/healthy?x=@");
}

TEST(HealthRequestTest, TakesALoginFromTheUrlOrTheEnvironment) {
  const std::map<std::string, std::string, std::less<>> variables = {
      {"HEALTHCHECK_LOGIN", "bob:s3cret"}};
  const aws::Environment environment(variables);
  const auto by_environment = Must(HealthRequest(Asking("http://a:1"), environment));
  EXPECT_EQ(by_environment.headers,
            std::vector<std::string>{"Authorization: Basic Ym9iOnMzY3JldA=="});
  EXPECT_EQ(by_environment.secrets.back().Reveal(), "s3cret");

  const auto by_url = Must(HealthRequest(Asking("http://ann:p@ss@a:1"), environment));
  EXPECT_EQ(by_url.url, "http://a:1/-/healthy");
  EXPECT_EQ(by_url.headers, std::vector<std::string>{"Authorization: Basic YW5uOnBAc3M="});
}

TEST(HealthRequestTest, RefusesWhatNamesNobody) {
  for (const auto& options : {ListeningAt(""), ListeningAt(":0"), ListeningAt("8080"),
                              Asking("127.0.0.1:8080"), Asking("ftp://user:s3cret@a")}) {
    const auto failure = FailureOf(HealthRequest(options, {}));
    EXPECT_EQ(failure.kind, support::ErrorKind::kConfig) << failure.message;
    EXPECT_EQ(failure.message.find("s3cret"), std::string::npos) << failure.message;
  }
}

}  // namespace
}  // namespace ecsd::app
