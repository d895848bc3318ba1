#include "aws/endpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "aws/partition.h"
#include "support/result.h"
#include "support/strings.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

TEST(RegionalEndpointTest, KnowsEveryPartition) {
  for (const auto& [region, endpoint] : std::vector<std::pair<std::string, std::string>>{
           {"eu-west-1", "https://ecs.eu-west-1.amazonaws.com/"},
           {"us-east-1", "https://ecs.us-east-1.amazonaws.com/"},
           {"mx-central-1", "https://ecs.mx-central-1.amazonaws.com/"},
           {"cn-north-1", "https://ecs.cn-north-1.amazonaws.com.cn/"},
           {"us-gov-west-1", "https://ecs.us-gov-west-1.amazonaws.com/"},
           {"us-iso-east-1", "https://ecs.us-iso-east-1.c2s.ic.gov/"},
           {"us-isob-east-1", "https://ecs.us-isob-east-1.sc2s.sgov.gov/"},
           {"eu-isoe-west-1", "https://ecs.eu-isoe-west-1.cloud.adc-e.uk/"},
           {"us-isof-south-1", "https://ecs.us-isof-south-1.csp.hci.ic.gov/"},
           {"eusc-de-east-1", "https://ecs.eusc-de-east-1.amazonaws.eu/"},
           {"moon-base-1", "https://ecs.moon-base-1.amazonaws.com/"}}) {
    EXPECT_EQ(RegionalEndpoint(kEcs, region), endpoint);
  }
}

TEST(PartitionOfTest, KnowsEveryPartition) {
  for (const auto& [region, partition] :
       std::vector<std::pair<std::string, std::string>>{{"us-east-1", "aws"},
                                                        {"cn-north-1", "aws-cn"},
                                                        {"us-gov-west-1", "aws-us-gov"},
                                                        {"us-iso-east-1", "aws-iso"},
                                                        {"us-isob-east-1", "aws-iso-b"},
                                                        {"eu-isoe-west-1", "aws-iso-e"},
                                                        {"us-isof-south-1", "aws-iso-f"},
                                                        {"eusc-de-east-1", "aws-eusc"},
                                                        {"moon-base-1", "aws"}}) {
    EXPECT_EQ(PartitionOf(region), partition);
  }
}

TEST(RegionalEndpointTest, NamesTheService) {
  EXPECT_EQ(RegionalEndpoint(kEc2, "eu-west-1"), "https://ec2.eu-west-1.amazonaws.com/");
  EXPECT_EQ(RegionalEndpoint(kSts, "eu-west-1"), "https://sts.eu-west-1.amazonaws.com/");
}

// The expected ones are what botocore's rule sets give.
TEST(RegionalEndpointTest, KnowsFipsAndDualStackOfEveryPartition) {
  struct Row {
    std::string region;
    std::string fips;
    std::string dual_stack;
    std::string both;
  };
  for (const auto& [region, fips, dual_stack, both] : std::vector<Row>{
           {"eu-west-1", "sts-fips.eu-west-1.amazonaws.com", "sts.eu-west-1.api.aws",
            "sts-fips.eu-west-1.api.aws"},
           {"us-gov-west-1", "sts.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.api.aws",
            "sts-fips.us-gov-west-1.api.aws"},
           {"cn-north-1", "sts-fips.cn-north-1.amazonaws.com.cn",
            "sts.cn-north-1.api.amazonwebservices.com.cn",
            "sts-fips.cn-north-1.api.amazonwebservices.com.cn"},
           {"us-iso-east-1", "sts-fips.us-iso-east-1.c2s.ic.gov",
            "sts.us-iso-east-1.api.aws.ic.gov", "sts-fips.us-iso-east-1.api.aws.ic.gov"},
           {"us-isob-east-1", "sts-fips.us-isob-east-1.sc2s.sgov.gov",
            "sts.us-isob-east-1.api.aws.scloud", "sts-fips.us-isob-east-1.api.aws.scloud"},
           {"eu-isoe-west-1", "sts-fips.eu-isoe-west-1.cloud.adc-e.uk",
            "sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
            "sts-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
           {"us-isof-south-1", "sts-fips.us-isof-south-1.csp.hci.ic.gov",
            "sts.us-isof-south-1.api.aws.hci.ic.gov",
            "sts-fips.us-isof-south-1.api.aws.hci.ic.gov"},
           {"eusc-de-east-1", "sts-fips.eusc-de-east-1.amazonaws.eu",
            "sts.eusc-de-east-1.api.amazonwebservices.eu",
            "sts-fips.eusc-de-east-1.api.amazonwebservices.eu"}}) {
    EXPECT_EQ(RegionalEndpoint(kSts, region, {.fips = true, .dual_stack = false}),
              "https://" + fips + "/");
    EXPECT_EQ(RegionalEndpoint(kSts, region, {.fips = false, .dual_stack = true}),
              "https://" + dual_stack + "/");
    EXPECT_EQ(RegionalEndpoint(kSts, region, {.fips = true, .dual_stack = true}),
              "https://" + both + "/");
  }
}

TEST(RegionalEndpointTest, KnowsThatEcsAloneHasAFipsNameInGovCloud) {
  const EndpointVariant fips{.fips = true, .dual_stack = false};
  std::vector<std::string> endpoints;
  for (const auto& service : {kEcs, kEc2, kSsm, kSso})
    endpoints.push_back(RegionalEndpoint(service, "us-gov-west-1", fips));
  EXPECT_EQ(endpoints,
            (std::vector<std::string>{"https://ecs-fips.us-gov-west-1.amazonaws.com/",
                                      "https://ec2.us-gov-west-1.amazonaws.com/",
                                      "https://ssm.us-gov-west-1.amazonaws.com/",
                                      "https://portal.sso.us-gov-west-1.amazonaws.com/"}));
}

TEST(CheckRegionTest, TakesWhatCanBeAHostLabel) {
  for (const auto& region : {std::string("eu-west-1"), std::string("x"), std::string(63, 'a')}) {
    EXPECT_TRUE(CheckRegion(region).has_value()) << region;
  }
}

// It used to end in "could not resolve host".
TEST(CheckRegionTest, NamesTheRegionOfAZone) {
  for (const auto& [zone, region] :
       std::vector<std::pair<std::string, std::string>>{{"us-east-1a", "us-east-1"},
                                                        {"ap-southeast-4c", "ap-southeast-4"},
                                                        {"us-gov-west-1b", "us-gov-west-1"},
                                                        {"us-iso-east-1a", "us-iso-east-1"},
                                                        {"eusc-de-east-1a", "eusc-de-east-1"},
                                                        {"us-west-2-lax-1a", "us-west-2"},
                                                        {"us-east-1-bos-1", "us-east-1"},
                                                        {"us-east-1-wl1-bos-wlz-1", "us-east-1"}}) {
    EXPECT_EQ(FailureOf(CheckRegion(zone)).message,
              "\"" + zone + "\" looks like an availability zone; use " + region);
  }
  for (const std::string zone : {"use1-az1", "usgw1-az3", "apse2-az2"}) {
    EXPECT_EQ(FailureOf(CheckRegion(zone)).message,
              "\"" + zone +
                  "\" looks like the ID of an availability zone; use its region, such "
                  "as us-east-1");
  }
  for (const std::string region :
       {"us-east-1", "ap-southeast-10", "us-gov-west-1", "eusc-de-east-1", "moon-base-1", "r",
        "local", "a1", "us-east-1aa", "us-1", "x-1a"}) {
    EXPECT_TRUE(CheckRegion(region).has_value()) << region;
  }
}

TEST(CheckRegionTest, RefusesWhatCannotStandInAUrl) {
  for (const auto& region : {std::string(), std::string("EU-WEST-1"), std::string("eu west"),
                             std::string("eu.west"), std::string("a/b"), std::string("-a"),
                             std::string("a-"), std::string("a@b"), std::string("eu_west")}) {
    EXPECT_EQ(
        FailureOf(CheckRegion(region)),
        (Failed{.kind = ErrorKind::kConfig,
                .message = "\"" + region + "\" is no AWS region; it should look like eu-west-1"}));
  }
}

TEST(CheckRegionTest, QuotesALongOrBrokenRegionInOneLine) {
  EXPECT_EQ(FailureOf(CheckRegion("a\nb")).message,
            "\"a b\" is no AWS region; it should look like eu-west-1");
  EXPECT_EQ(FailureOf(CheckRegion(std::string(64, 'a'))).message,
            "\"" + std::string(63, 'a') + "...\" is no AWS region; it should look like eu-west-1");
}

TEST(CheckEndpointUrlTest, TakesEndpointsAndEndsThemInASlash) {
  for (const auto& [url, checked] : std::vector<std::pair<std::string, std::string>>{
           {"https://ecs.example.com", "https://ecs.example.com/"},
           {"https://ecs.example.com/", "https://ecs.example.com/"},
           {"http://localhost:4566", "http://localhost:4566/"},
           {"http://127.0.0.1:65535/", "http://127.0.0.1:65535/"},
           {"http://[::1]:8080", "http://[::1]:8080/"},
           {"https://[2001:db8::1]/", "https://[2001:db8::1]/"},
           {"https://vpce-1.ecs.eu-west-1.vpce.amazonaws.com/a/b",
            "https://vpce-1.ecs.eu-west-1.vpce.amazonaws.com/a/b/"},
           {"https://Host_1.example.com/~A-1._/", "https://Host_1.example.com/~A-1._/"}}) {
    EXPECT_EQ(Must(CheckEndpointUrl(url, "AWS_ENDPOINT_URL")), checked);
  }
}

TEST(CheckEndpointUrlTest, RefusesWhatIsNoUrl) {
  for (const auto* url : {"", "localhost:4566", "ftp://host/", "HTTPS://host/", "http:/host",
                          "file:///etc/passwd", " https://host"}) {
    EXPECT_EQ(FailureOf(CheckEndpointUrl(url, "AWS_ENDPOINT_URL")),
              (Failed{.kind = ErrorKind::kConfig,
                      .message = "AWS_ENDPOINT_URL: \"" + std::string(url) +
                                 "\" is no endpoint URL; it must start with http:// or https://"}));
  }
}

// Bad ports and brackets used to be found out only by every call.
TEST(CheckEndpointUrlTest, RefusesABadHostOrPort) {
  for (const auto* url :
       {"http://",          "https:///path",      "http://:80",       "http://host:",
        "http://host:0/",   "http://host:65536",  "http://host:x",    "http://host:80:80",
        "http://host:-1",   "http://a b",         "http://user@host", "http://user:pass@host",
        "http://host?x=1",  "http://host#f",      "http://[::1",      "http://::1",
        "http://[::1]8080", "http://[127.0.0.1]", "http://[]",        "http://[x]",
        "http://a[::1]",    "http://h%41",        "http://h\\x"}) {
    EXPECT_EQ(FailureOf(CheckEndpointUrl(url, "where")),
              (Failed{.kind = ErrorKind::kConfig,
                      .message = "where: \"" + support::HideUserInfo(url) +
                                 "\" has no valid host and port"}));
  }
}

TEST(CheckEndpointUrlTest, RefusesAPathThatWouldBreakTheSignature) {
  for (const auto* url : {"http://h/a b", "http://h/%41", "http://h/?a=b", "http://h/#f",
                          "http://h/a:b", "http://h/\xC3\xA4"}) {
    EXPECT_EQ(FailureOf(CheckEndpointUrl(url, "where")),
              (Failed{.kind = ErrorKind::kConfig,
                      .message = "where: \"" + std::string(url) +
                                 "\" has a path or query that cannot be signed; use letters, "
                                 "digits, '-', '_', '.', '~' and '/'"}));
  }
}

TEST(CheckEndpointUrlTest, QuotesALongOrBrokenUrlInOneLine) {
  EXPECT_EQ(FailureOf(CheckEndpointUrl("a\nb", "where")).message,
            "where: \"a b\" is no endpoint URL; it must start with http:// or https://");
  EXPECT_EQ(FailureOf(CheckEndpointUrl(std::string(1000, 'a'), "where")).message,
            "where: \"" + std::string(200, 'a') +
                "...\" is no endpoint URL; it must start with http:// or https://");
}

}  // namespace
}  // namespace ecsd::aws
