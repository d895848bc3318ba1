#include "aws/settings.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

using Variables = std::map<std::string, std::string, std::less<>>;

const ProfileChoice default_profile{
    .config_path = "/h/.aws/config", .credentials_path = "/h/.aws/credentials", .name = "default"};

SharedFiles Config(std::string_view text) {
  SharedFiles files;
  EXPECT_TRUE(AddSharedFile(SharedFileKind::kConfig, "/h/.aws/config", text, files));
  return files;
}

// The settings as the program finds them, but for the metadata of the instance.
support::Result<Settings> ResolveIn(const Environment& environment, const ProfileChoice& choice,
                                    const SharedFiles& files, const SettingFlags& flags) {
  const SettingPlaces places{
      .flags = flags, .environment = environment, .choice = choice, .files = files};
  const auto region = ConfiguredRegion(places);
  if (!region) return tl::unexpected(region.error());
  if (!*region) return tl::unexpected(NoRegion(choice, ""));
  return ResolveSettings(places, **region);
}

support::Result<Settings> Resolve(Variables variables, std::string_view config = "",
                                  const SettingFlags& flags = {}) {
  return ResolveIn(Environment(std::move(variables)), default_profile, Config(config), flags);
}

// The endpoints of ECS, EC2 and STS for region eu-west-1.
std::vector<std::string> Endpoints(Variables variables, std::string_view config = "") {
  variables.emplace("AWS_REGION", "eu-west-1");
  const auto settings = Must(Resolve(std::move(variables), config));
  return {settings.EndpointOf(kEcs), settings.EndpointOf(kEc2), settings.EndpointOf(kSts)};
}

Failed Wrong(std::string message) {
  return {.kind = ErrorKind::kConfig, .message = std::move(message)};
}

const std::vector<std::string> regional{"https://ecs.eu-west-1.amazonaws.com/",
                                        "https://ec2.eu-west-1.amazonaws.com/",
                                        "https://sts.eu-west-1.amazonaws.com/"};

// ECS by an endpoint of its own, the others by a common one.
constexpr std::string_view kServices =
    "[default]\nservices = dev\nendpoint_url = http://profile:5\n"
    "[services dev]\necs =\n  endpoint_url = http://services:4\n";

TEST(ResolveSettingsTest, TakesTheRegionFromTheFirstPlaceThatHasOne) {
  constexpr std::string_view kProfile = "[default]\nregion = eu-west-3\n";
  EXPECT_EQ(
      Must(Resolve({{"AWS_REGION", "eu-west-1"}, {"AWS_DEFAULT_REGION", "eu-west-2"}}, kProfile))
          .region,
      "eu-west-1");
  EXPECT_EQ(
      Must(Resolve({{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "eu-west-2"}}, kProfile)).region,
      "eu-west-2");
  EXPECT_EQ(Must(Resolve({}, kProfile)).region, "eu-west-3");
  EXPECT_EQ(Must(Resolve({{"AWS_REGION", "eu-west-1"}}, kProfile,
                         {.region = "eu-central-1", .endpoint_url = ""}))
                .region,
            "eu-central-1");
}

TEST(ResolveSettingsTest, SaysWhereTheRegionComesFrom) {
  constexpr std::string_view kProfile = "[default]\nregion = eu-west-3\n";
  EXPECT_EQ(Must(Resolve({}, kProfile, {.region = "r", .endpoint_url = ""})).region_source,
            "-aws.region");
  EXPECT_EQ(Must(Resolve({{"AWS_DEFAULT_REGION", "r"}}, kProfile)).region_source,
            "AWS_DEFAULT_REGION");
  EXPECT_EQ(Must(Resolve({}, kProfile)).region_source, "profile \"default\"");
}

TEST(ResolveSettingsTest, TakesTheRegionOfTheChosenProfileOnly) {
  const auto files = Config("[default]\nregion = eu-west-1\n[profile p]\nregion = eu-west-2\n");
  auto choice = default_profile;
  choice.name = "p";
  EXPECT_EQ(Must(ResolveIn(Environment(), choice, files, {})).region, "eu-west-2");
  choice.name = "q";
  EXPECT_EQ(FailureOf(ResolveIn(Environment(), choice, files, {})),
            Wrong("no AWS region: set -aws.region, AWS_REGION or AWS_DEFAULT_REGION, or `region` "
                  "in profile \"q\" of /h/.aws/config"));
}

TEST(ResolveSettingsTest, SaysHowToSetARegion) {
  EXPECT_EQ(FailureOf(Resolve({})),
            Wrong("no AWS region: set -aws.region, AWS_REGION or AWS_DEFAULT_REGION, or `region` "
                  "in profile \"default\" of /h/.aws/config"));
  auto homeless = default_profile;
  homeless.config_path = "";
  EXPECT_EQ(FailureOf(ResolveIn(Environment(), homeless, {}, {})),
            Wrong("no AWS region: set -aws.region, AWS_REGION or AWS_DEFAULT_REGION, or `region` "
                  "in profile \"default\" of the shared "
                  "config file"));
}

TEST(ResolveSettingsTest, NamesThePlaceOfABadRegion) {
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "eu west"}})),
            Wrong("AWS_REGION: \"eu west\" is no AWS region; it should look like eu-west-1"));
  EXPECT_EQ(FailureOf(Resolve({{"AWS_DEFAULT_REGION", "X"}})),
            Wrong("AWS_DEFAULT_REGION: \"X\" is no AWS region; it should look like eu-west-1"));
  EXPECT_EQ(FailureOf(Resolve({}, "[default]\nregion = r\n  output = json\n")),
            Wrong("profile \"default\": \"r output = json\" is no AWS region; it should look like "
                  "eu-west-1"));
}

TEST(ResolveSettingsTest, NamesThePlaceOfAnAvailabilityZone) {
  const std::string why = "\"us-east-1a\" looks like an availability zone; use us-east-1";
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "us-east-1a"}})), Wrong("AWS_REGION: " + why));
  EXPECT_EQ(FailureOf(Resolve({{"AWS_DEFAULT_REGION", "us-east-1a"}})),
            Wrong("AWS_DEFAULT_REGION: " + why));
  EXPECT_EQ(FailureOf(Resolve({}, "[default]\nregion = us-east-1a\n")),
            Wrong("profile \"default\": " + why));
  EXPECT_EQ(FailureOf(Resolve({}, "", {.region = "us-east-1a", .endpoint_url = ""})),
            Wrong("-aws.region: " + why));
}

TEST(ResolveSettingsTest, CallsTheRegionalEndpointsWhereNothingElseIsSaid) {
  EXPECT_EQ(
      Must(Resolve({{"AWS_REGION", "eu-west-1"}})),
      (Settings{.region = "eu-west-1",
                .endpoints = {{"ECS", "https://ecs.eu-west-1.amazonaws.com/"},
                              {"EC2", "https://ec2.eu-west-1.amazonaws.com/"},
                              {"SSM", "https://ssm.eu-west-1.amazonaws.com/"},
                              {"STS", "https://sts.eu-west-1.amazonaws.com/"}},
                .region_source = "AWS_REGION",
                .endpoint_sources =
                    {{"ECS", "region"}, {"EC2", "region"}, {"SSM", "region"}, {"STS", "region"}},
                .variant = {}}));
}

TEST(ResolveSettingsTest, TakesTheEndpointOfEachServiceFromTheFirstPlaceThatHasOne) {
  EXPECT_EQ(
      Endpoints({{"AWS_ENDPOINT_URL_ECS", "http://own:1"}, {"AWS_ENDPOINT_URL", "http://all:3"}},
                kServices),
      (std::vector<std::string>{"http://own:1/", "http://all:3/", "http://all:3/"}));
  EXPECT_EQ(
      Endpoints({{"AWS_ENDPOINT_URL_EC2", "http://own:1"}, {"AWS_ENDPOINT_URL", ""}}, kServices),
      (std::vector<std::string>{"http://services:4/", "http://own:1/", "http://profile:5/"}));
  EXPECT_EQ(
      Endpoints({{"AWS_ENDPOINT_URL_STS", "http://own:1"}}, "[default]\nendpoint_url = http://p\n"),
      (std::vector<std::string>{"http://p/", "http://p/", "http://own:1/"}));
}

TEST(ResolveSettingsTest, OverlooksConfiguredEndpointsWhenToldTo) {
  for (const auto* yes : {"true", "TRUE", "True"}) {
    EXPECT_EQ(Endpoints({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", yes},
                         {"AWS_ENDPOINT_URL", "http://all:3"},
                         {"AWS_ENDPOINT_URL_ECS", "not even one"}},
                        kServices),
              regional);
  }
  EXPECT_EQ(Endpoints({{"AWS_ENDPOINT_URL", "http://all:3"}},
                      "[default]\nignore_configured_endpoint_urls = true\n"),
            regional);
  EXPECT_EQ(Endpoints({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"},
                       {"AWS_ENDPOINT_URL", "http://all:3"}}),
            std::vector<std::string>(3, "http://all:3/"));
}

// The two used to be joined by "or".
TEST(ResolveSettingsTest, LetsTheVariableThatOverlooksEndpointsWinOverTheProfile) {
  EXPECT_EQ(Endpoints({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"},
                       {"AWS_ENDPOINT_URL", "http://all:3"}},
                      "[default]\nignore_configured_endpoint_urls = true\n"),
            std::vector<std::string>(3, "http://all:3/"));
}

TEST(ResolveSettingsTest, NamesThePlaceOfABadEndpoint) {
  const std::string why = "\"x\" is no endpoint URL; it must start with http:// or https://";
  const auto fail = [](Variables variables, std::string_view config = "") {
    variables.emplace("AWS_REGION", "eu-west-1");
    return FailureOf(Resolve(std::move(variables), config));
  };
  EXPECT_EQ(fail({{"AWS_ENDPOINT_URL_EC2", "x"}}), Wrong("AWS_ENDPOINT_URL_EC2: " + why));
  EXPECT_EQ(fail({{"AWS_ENDPOINT_URL", "x"}}), Wrong("AWS_ENDPOINT_URL: " + why));
  EXPECT_EQ(fail({}, "[default]\nservices = dev\n[services dev]\nsts =\n  endpoint_url = x\n"),
            Wrong("[services dev] sts.endpoint_url: " + why));
  EXPECT_EQ(fail({}, "[default]\nendpoint_url = x\n"),
            Wrong("endpoint_url of the profile: " + why));
}

// The calls used to go to AWS itself.
TEST(ResolveSettingsTest, RefusesAServicesSectionThatIsNotThere) {
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "eu-west-1"}}, "[default]\nservices = dev\n")),
            Wrong("the AWS profile says services = dev, but there is no section [services dev] in "
                  "the shared config file"));
  EXPECT_EQ(
      Endpoints({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}, "[default]\nservices = dev\n"),
      regional);
}

TEST(ResolveSettingsTest, LetsTheEndpointOfTheFlagWinOverAllOthers) {
  const auto settings = Must(Resolve({{"AWS_REGION", "eu-west-1"},
                                      {"AWS_ENDPOINT_URL_ECS", "http://own:1"},
                                      {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
                                     kServices, {.region = "", .endpoint_url = "http://flag:9"}));
  EXPECT_EQ(settings.endpoints,
            (std::map<std::string, std::string, std::less<>>{{"ECS", "http://flag:9/"},
                                                             {"EC2", "http://flag:9/"},
                                                             {"SSM", "http://flag:9/"},
                                                             {"SSO", "http://flag:9/"},
                                                             {"STS", "http://flag:9/"}}));
  EXPECT_EQ(settings.endpoint_sources.at("ECS"), "-aws.endpoint-url");
}

TEST(ResolveSettingsTest, CallsFipsAndDualStackEndpointsWhenToldTo) {
  EXPECT_EQ(Endpoints({{"AWS_USE_FIPS_ENDPOINT", "true"}}),
            (std::vector<std::string>{"https://ecs-fips.eu-west-1.amazonaws.com/",
                                      "https://ec2-fips.eu-west-1.amazonaws.com/",
                                      "https://sts-fips.eu-west-1.amazonaws.com/"}));
  EXPECT_EQ(
      Endpoints({}, "[default]\nuse_dualstack_endpoint = True\n"),
      (std::vector<std::string>{"https://ecs.eu-west-1.api.aws/", "https://ec2.eu-west-1.api.aws/",
                                "https://sts.eu-west-1.api.aws/"}));
  EXPECT_EQ(
      Endpoints({{"AWS_USE_FIPS_ENDPOINT", "false"}}, "[default]\nuse_fips_endpoint = true\n"),
      regional);
}

TEST(ResolveSettingsTest, RefusesASwitchThatIsNeitherTrueNorFalse) {
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "r"}, {"AWS_USE_FIPS_ENDPOINT", "yes"}})),
            Wrong("AWS_USE_FIPS_ENDPOINT: \"yes\" is neither true nor false"));
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "r"}}, "[default]\nuse_dualstack_endpoint = 1\n")),
            Wrong("use_dualstack_endpoint of profile \"default\": \"1\" is neither true nor "
                  "false"));
}

// The SDKs refuse it too: nobody knows the FIPS form of an endpoint of one's own.
TEST(ResolveSettingsTest, RefusesAnOwnEndpointTogetherWithFipsOrDualStack) {
  EXPECT_EQ(FailureOf(Resolve({{"AWS_REGION", "r"},
                               {"AWS_USE_FIPS_ENDPOINT", "true"},
                               {"AWS_ENDPOINT_URL_STS", "http://own"}})),
            Wrong("AWS_ENDPOINT_URL_STS: an endpoint of your own cannot be had together with FIPS "
                  "or dual-stack endpoints; leave one of them out"));
}

support::Result<std::optional<FoundSetting>> CaBundle(Variables variables,
                                                      std::string_view config = "") {
  const Environment environment(std::move(variables));
  const auto files = Config(config);
  return ConfiguredCaBundle(
      {.flags = {}, .environment = environment, .choice = default_profile, .files = files});
}

constexpr std::string_view kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIUEEyap9aiqUcjkBWKceexnCskxzwwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNQSBDQSBvZiB0ZXN0czAgFw0yNjExMjQyMzMxMjRaGA8yMTI2
MTAzMTIzMzEyNFowGDEWMBQGA1UEAwwNQSBDQSBvZiB0ZXN0czBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABI6NSW2kFsSwWUvEmMgrpbp/N2ob7gDaMQ7kBc46pQzV
n8nXrLBY0ulpXY7g35/5mb33FLOQOmj+QKR2UupgaGWjUzBRMB0GA1UdDgQWBBSR
naAT5zb5WoOjh9eDzivpJ52N1zAfBgNVHSMEGDAWgBSRnaAT5zb5WoOjh9eDzivp
J52N1zAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDA31gdMj5h
TSAFHewKDszlr6aSrS9pDZV+X2id63IRMgIhAI+QObtWMmkrLpD473HvffqkzfPN
awcHqU1Bq8m28m9o
-----END CERTIFICATE-----
)";

TEST(ConfiguredCaBundleTest, TakesTheVariableThenTheProfile) {
  const test::TemporaryDirectory directory;
  const auto pem = directory.Write("ca.pem", kCertificate);
  const auto other = directory.Write("other.pem", "# ours\n" + std::string(kCertificate));
  EXPECT_EQ(Must(CaBundle({})), std::nullopt);
  EXPECT_EQ(Must(CaBundle({{"AWS_CA_BUNDLE", pem}}, "[default]\nca_bundle = " + other)),
            (FoundSetting{.value = pem, .where = "AWS_CA_BUNDLE"}));
  EXPECT_EQ(Must(CaBundle({{"HOME", directory.path()}}, "[default]\nca_bundle = ~/other.pem")),
            (FoundSetting{.value = other, .where = "ca_bundle of profile \"default\""}));
}

TEST(ConfiguredCaBundleTest, RefusesABundleThatIsNone) {
  const test::TemporaryDirectory directory;
  const auto text = directory.Write("ca.pem", "hello\n");
  EXPECT_EQ(
      FailureOf(CaBundle({{"AWS_CA_BUNDLE", text}})),
      Wrong("AWS_CA_BUNDLE: " + text +
            ": has no certificate that can be read; name a file of certificates in PEM form"));
  const auto broken = directory.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
  EXPECT_EQ(
      FailureOf(CaBundle({{"AWS_CA_BUNDLE", broken}})),
      Wrong("AWS_CA_BUNDLE: " + broken +
            ": has no certificate that can be read; name a file of certificates in PEM form"));
  EXPECT_EQ(FailureOf(CaBundle({{"AWS_CA_BUNDLE", "/none"}})),
            Wrong("AWS_CA_BUNDLE: /none: does not exist; name a file of certificates in PEM form"));
}

}  // namespace
}  // namespace ecsd::aws
