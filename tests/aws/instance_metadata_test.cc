#include "aws/instance_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "aws/settings.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_world.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::January;
using std::chrono::sys_days;
using support::ErrorKind;
using test::Answer;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

using Variables = std::map<std::string, std::string, std::less<>>;

support::Result<MetadataSettings> Find(Variables variables, std::string_view config = "") {
  SharedFiles files;
  EXPECT_TRUE(AddSharedFile(SharedFileKind::kConfig, "/c", config, files));
  const Environment environment(std::move(variables));
  const ProfileChoice choice{.config_path = "", .credentials_path = "", .name = "default"};
  return FindMetadata({.flags = {}, .environment = environment, .choice = choice, .files = files});
}

TEST(FindMetadataTest, HasTheDefaultsOfTheSdks) {
  EXPECT_EQ(
      Must(Find({})),
      (MetadataSettings{
          .endpoint = "http://169.254.169.254/", .disabled = false, .timeout = 1s, .attempts = 2}));
}

TEST(FindMetadataTest, FollowsEnvironmentAndProfile) {
  EXPECT_EQ(Must(Find({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}})).endpoint,
            "http://[fd00:ec2::254]/");
  EXPECT_EQ(Must(Find({}, "[default]\nec2_metadata_service_endpoint_mode = ipv6\n")).endpoint,
            "http://[fd00:ec2::254]/");
  EXPECT_EQ(Must(Find({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"},
                       {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:8/imds"}}))
                .endpoint,
            "http://127.0.0.1:8/imds/");
  EXPECT_EQ(
      Must(Find({{"AWS_EC2_METADATA_DISABLED", "True"},
                 {"AWS_METADATA_SERVICE_TIMEOUT", "3"},
                 {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "4"}})),
      (MetadataSettings{
          .endpoint = "http://169.254.169.254/", .disabled = true, .timeout = 3s, .attempts = 4}));
}

TEST(FindMetadataTest, NamesThePlaceOfABadValue) {
  const auto fail = [](Variables variables) {
    return FailureOf(Find(std::move(variables))).message;
  };
  EXPECT_EQ(fail({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "5"}}),
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: must be IPv4 or IPv6");
  EXPECT_EQ(fail({{"AWS_METADATA_SERVICE_TIMEOUT", "0.5"}}),
            "AWS_METADATA_SERVICE_TIMEOUT: must be a whole number from 1 to 60");
  EXPECT_EQ(fail({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "x"}}),
            "AWS_EC2_METADATA_SERVICE_ENDPOINT: \"x\" is no endpoint URL; it must start with "
            "http:// or https://");
}

class InstanceMetadataTest : public testing::Test {
 protected:
  static constexpr auto kToken = "PUT http://imds/latest/api/token";
  static constexpr auto kRoles = "GET http://imds/latest/meta-data/iam/security-credentials/";
  static constexpr auto kRole = "GET http://imds/latest/meta-data/iam/security-credentials/app";

  static std::string Document(std::string_view id, std::string_view expiration) {
    std::string text = R"({"Code":"Success","AccessKeyId":")";
    return text.append(id)
        .append(R"(","SecretAccessKey":"s","Token":"t","Expiration":")")
        .append(expiration)
        .append("\"}");
  }

  void SetUp() override {
    world.clock.SetNow(sys_days(2026y / January / 2));
    world.transport.Always(kToken, Ok("token-1")).Always(kRoles, Ok("app\n"));
  }

  [[nodiscard]] support::Result<Credentials> Fetch() { return metadata.Fetch(world.InAMinute()); }

  test::FakeWorld world;
  InstanceMetadata metadata{world.tools, {.endpoint = "http://imds/"}};
};

TEST_F(InstanceMetadataTest, TakesATokenAndThenTheCredentialsOfTheRole) {
  world.transport.Queue(kRole, Ok(Document("ASIA", "2026-01-02T06:00:00Z")));
  const auto credentials = Must(Fetch());
  EXPECT_EQ(credentials.access_key_id, "ASIA");
  EXPECT_EQ(credentials.expires, sys_days(2026y / January / 2) + 6h);
  EXPECT_EQ(credentials.source, "EC2 instance metadata, role app");
  EXPECT_THAT(world.transport.calls(), ElementsAre(kToken, kRoles, kRole));
  for (const auto& request : world.transport.requests()) {
    EXPECT_TRUE(request.direct);
    EXPECT_EQ(request.total_timeout, 1s);
  }
  EXPECT_THAT(world.transport.requests()[0].headers,
              ElementsAre("X-aws-ec2-metadata-token-ttl-seconds: 21600"));
  EXPECT_THAT(world.transport.requests()[1].headers,
              ElementsAre("X-aws-ec2-metadata-token: token-1"));
}

TEST_F(InstanceMetadataTest, ReadsTheRegion) {
  world.transport.Queue("GET http://imds/latest/meta-data/placement/region", Ok("eu-west-1"));
  EXPECT_EQ(Must(metadata.Region(world.InAMinute())), "eu-west-1");
  world.transport.Queue("GET http://imds/latest/meta-data/placement/region", Ok("<html>"));
  EXPECT_EQ(FailureOf(metadata.Region(world.InAMinute())).message,
            "EC2 instance metadata: \"<html>\" is no AWS region; it should look like eu-west-1");
}

TEST_F(InstanceMetadataTest, NeverAsksWithoutAToken) {
  world.transport.Always(kToken, Answer(403, ""));
  EXPECT_EQ(FailureOf(Fetch()),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "EC2 instance metadata at http://imds/: no token of version 2 (HTTP "
                               "status 403); is this an EC2 instance? In a container its hop limit "
                               "must be 2 or more; AWS_EC2_METADATA_DISABLED=true leaves it out"}));
  EXPECT_THAT(world.transport.calls(), ElementsAre(kToken));
}

TEST_F(InstanceMetadataTest, GivesUpAfterTwoTries) {
  world.transport.Always(kToken, support::Fail(ErrorKind::kTimeout, "imds: late"));
  EXPECT_EQ(FailureOf(Fetch()).kind, ErrorKind::kCredentials);
  EXPECT_EQ(world.transport.CountOf(kToken), 2U);
}

TEST_F(InstanceMetadataTest, IsLeftOutWhenToldTo) {
  InstanceMetadata off(world.tools, {.endpoint = "http://imds/", .disabled = true});
  EXPECT_EQ(FailureOf(off.Fetch(world.InAMinute())),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "EC2 instance metadata: left out by AWS_EC2_METADATA_DISABLED"}));
  EXPECT_TRUE(world.transport.calls().empty());
}

TEST_F(InstanceMetadataTest, SaysThatThereIsNoRole) {
  world.transport.Queue(kRoles, Answer(404, ""));
  EXPECT_EQ(FailureOf(Fetch()),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "EC2 instance metadata: the instance has no role; give it an "
                               "instance profile"}));
}

TEST_F(InstanceMetadataTest, RefusesANameThatIsNoRole) {
  for (const auto* name : {"", "<html>", "../../user-data", "a b"}) {
    world.transport.Queue(kRoles, Ok(name));
    EXPECT_EQ(FailureOf(Fetch()).message, "EC2 instance metadata: the answer names no role");
  }
}

TEST_F(InstanceMetadataTest, SaysWhatTheServiceSays) {
  world.transport.Queue(kRole, Ok(R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"m"})"));
  EXPECT_EQ(FailureOf(Fetch()).message,
            "EC2 instance metadata: role app: AssumeRoleUnauthorizedAccess: m");
}

// As the SDKs do, for AWS goes on taking such keys while the service is down.
TEST_F(InstanceMetadataTest, ExtendsExpiredKeysWhileNothingNewerIsToBeHad) {
  const auto old = Document("ASIA", "2026-01-02T01:00:00Z");
  world.transport.Queue(kRole, Ok(old)).Queue(kRole, Ok(old));
  EXPECT_EQ(Must(Fetch()).expires, sys_days(2026y / January / 2) + 1h);
  world.clock.Advance(2h);
  EXPECT_EQ(Must(Fetch()).expires, sys_days(2026y / January / 2) + 2h + 10min);
  world.clock.Advance(10min);
  world.transport.Always(kToken, Answer(500, ""));
  const auto kept = Must(Fetch());
  EXPECT_EQ(kept.access_key_id, "ASIA");
  EXPECT_GT(kept.expires, world.clock.Now());
}

TEST_F(InstanceMetadataTest, FailsWhileTheLastKeysAreGood) {
  world.transport.Queue(kRole, Ok(Document("ASIA", "2026-01-02T01:00:00Z")))
      .Queue(kRole, Ok("garbage"));
  EXPECT_TRUE(Fetch());
  EXPECT_EQ(FailureOf(Fetch()).kind, ErrorKind::kMalformed);
}

}  // namespace
}  // namespace ecsd::aws
