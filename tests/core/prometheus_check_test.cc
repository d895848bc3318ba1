#include "core/prometheus_check.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/target.h"
#include "support/strings.h"

namespace ecsd::core {
namespace {

// `why` without the address that it quotes; "" when Prometheus tries.
std::string Why(const std::string& address, const std::string& scheme = "") {
  const auto refusal = WhyPrometheusRefuses(address, scheme);
  if (!refusal) return "";
  const auto head = "address \"" + support::OneLine(address, 200) + "\" ";
  return refusal->why.starts_with(head) ? refusal->why.substr(head.size()) : refusal->why;
}

constexpr auto kSlash =
    "contains \"/\", so Prometheus drops the target: it takes HOST:PORT, without scheme and path";
constexpr auto kBlank = "contains a blank, so every scrape fails";
constexpr auto kPorts = "has two ports, or an IPv6 address without brackets, so every scrape fails";
constexpr auto kHost = "has neither an IP address nor a valid host name, so every scrape fails";

// The rows were put to Prometheus 2.42; tests/integration/test_refused_addresses.py asks the
// installed one about those that matter most.
TEST(WhyPrometheusRefusesTest, KnowsTheAddressesThatPrometheusDoesNotScrape) {
  for (const auto& [address, why] : std::vector<std::pair<std::string, std::string>>{
           {"https://svc.example.com:9102", kSlash},
           {"svc.example.com/metrics:9102", kSlash},
           {"10.0.0.1/:9102", kSlash},
           {" svc.example.com :9102", kBlank},
           {"a\tb:9102", kBlank},
           {"a b:c:9102", kBlank},
           {"svc.example.com:8443:9102", kPorts},
           {"[::1]:8443:9102", kPorts},
           {"fe80::1%eth0:9102", kPorts},
           {"[::1:9102", kHost},
           {"[[::1]]:9102", kHost},
           {"[svc.example.com:8443]:9102", kHost},
           {"[10.0.0.1]:9102", kHost},
           {":9102", kHost},
           {".:9102", kHost},
           {"user@svc.example.com:9102", kHost},
           {"a?b:9102", kHost},
           {"a#b:9102", kHost},
           {"a%20b:9102", kHost},
           {"a*b:9102", kHost},
           {"a\"b:9102", kHost},
           {"a,b:9102", kHost},
           {"a\\b:9102", kHost},
           {"${HOST}:9102", kHost},
           {"<host>:9102", kHost},
           {"a..b:9102", kHost},
           {".a:9102", kHost},
           {"a..:9102", kHost},
           {"-a:9102", kHost},
           {"a-.b:9102", kHost},
           {"127.1:9102", kHost},
           {"256.1.1.1:9102", kHost},
           {"010.0.0.1:9102", kHost},
           {"1.2.3:9102", kHost},
           {std::string(64, 'a') + ".b:9102", kHost},
           {std::string(127, 'x') + "." + std::string(126, 'x') + ":9102", kHost}}) {
    EXPECT_EQ(Why(address), why) << address;
  }
}

TEST(WhyPrometheusRefusesTest, TakesWhatPrometheusTries) {
  for (const std::string address :
       {"10.0.0.1:9102", "[::1]:9102", "[fe80::1%eth0]:9102", "svc.example.com:9102",
        "svc.example.com.:9102", "localhost:1", "a_b.example.com:9102", "0x7f.1:9102", "7a:9102",
        "SVC:9102", "\xC3\xA4.example.com:9102"}) {
    EXPECT_EQ(Why(address), "") << address;
  }
  EXPECT_EQ(Why(std::string(63, 'a') + ".b:9102"), "");
}

TEST(WhyPrometheusRefusesTest, KnowsTheSchemes) {
  for (const std::string scheme : {"", "http", "https", "HTTPS", "Http"}) {
    EXPECT_EQ(Why("a:1", scheme), "") << scheme;
  }
  for (const std::string scheme : {"https ", " http", "ftp", "http://", "https:", " ", "grpc"}) {
    EXPECT_EQ(Why("a:1", scheme),
              "scheme \"" + scheme + "\" is neither http nor https, so every scrape fails");
  }
}

TEST(WhyPrometheusRefusesTest, ShowsWhatATerminalWouldObeyAsBlanks) {
  EXPECT_EQ(WhyPrometheusRefuses("a\nb:1", "")->why.substr(0, 15), "address \"a b:1\"");
  EXPECT_LT(WhyPrometheusRefuses(std::string(5000, 'x') + ":1", "")->why.size(), 400U);
}

TEST(WhyPrometheusRefusesTest, SaysWhichLabelToChange) {
  Selection selection;
  selection.server_name_label = "NAME";
  selection.scheme_label = "SCHEME";
  Target target;
  target.address = "a/b:1";
  EXPECT_EQ(ChangeFor(*WhyPrometheusRefuses(target), selection),
            "set docker label NAME to a host name alone, without scheme, port, path and blanks");
  target.address = "a:1";
  target.labels.Set("__scheme__", "ftp");
  EXPECT_EQ(ChangeFor(*WhyPrometheusRefuses(target), selection),
            "set docker label SCHEME to http or https");
}

}  // namespace
}  // namespace ecsd::core
