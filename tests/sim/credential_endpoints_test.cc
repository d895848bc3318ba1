#include "sim/credential_endpoints.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/call_counts.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/key_ring.h"

namespace ecsd::sim {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::string_view kTokenHeader = "X-aws-ec2-metadata-token";
constexpr std::string_view kLifeHeader = "X-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";

class CredentialEndpointsTest : public testing::Test {
 protected:
  Answer Call(std::string method, std::string path, std::vector<NamedText> headers = {},
              std::string query = {}) {
    return endpoints.Handle({.method = std::move(method),
                             .path = std::move(path),
                             .query = std::move(query),
                             .headers = std::move(headers),
                             .body = {}});
  }
  Answer Get(std::string_view path, std::vector<NamedText> headers = {}, std::string query = {}) {
    return Call("GET", std::string(path), std::move(headers), std::move(query));
  }
  Answer GetMetadata(std::string_view path) {
    const Answer begun = Call("PUT", "/latest/api/token", {{std::string(kLifeHeader), "21600"}});
    return Get(path, {{std::string(kTokenHeader), begun.body}});
  }
  Answer GetPortal(std::string token, std::string query) {
    return Get("/federation/credentials", {{"x-amz-sso_bearer_token", std::move(token)}},
               std::move(query));
  }
  void Break(std::string_view fault) { faults.Replace({*ParseFault(fault)}); }

  // Whose keys an answer hands out and how long they live; the names are of its form.
  std::pair<std::string, seconds> KeysIn(const Json& answer, const char* id) {
    const auto key = keys.Find(TextOf(answer, id));
    if (!key || !key->expiration) return {};
    return {key->principal_arn, std::chrono::duration_cast<seconds>(*key->expiration - now)};
  }

  system_clock::time_point now{seconds(1'700'000'000)};
  Account account{"eu-west-1", "123456789012"};
  KeyRing keys;
  FaultPlan faults;
  CallCounts calls;
  BearerTokens tokens;
  CredentialEndpoints endpoints{{.account = account,
                                 .keys = keys,
                                 .faults = faults,
                                 .calls = calls,
                                 .tokens = tokens,
                                 .lifetime = std::nullopt,
                                 .now = [this] { return now; }}};
};

TEST_F(CredentialEndpointsTest, KnowsItsPathsOnly) {
  for (const std::string_view path :
       {"/latest/api/token", "/v1/credentials", "/v2/credentials/x", "/federation/credentials"}) {
    EXPECT_TRUE(CredentialEndpoints::Has(path)) << path;
  }
  for (const std::string_view path : {"/", "/v1/credentials/x", "/v2/credentials", "/_sim/keys"}) {
    EXPECT_FALSE(CredentialEndpoints::Has(path)) << path;
  }
}

TEST_F(CredentialEndpointsTest, MetadataHandsOutTheKeysOfTheRoleItNames) {
  const std::string role = GetMetadata(kRoles).body;
  EXPECT_EQ(role, "ecs-sim-instance");
  const auto answer = ParseJson(GetMetadata(std::string(kRoles) + role).body);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(TextOf(*answer, "Code"), "Success");
  EXPECT_EQ(TextOf(*answer, "Expiration"), "2023-11-15T04:13:20Z");
  EXPECT_EQ(KeysIn(*answer, "AccessKeyId"),
            std::pair(std::string("arn:aws:sts::123456789012:assumed-role/ecs-sim-instance/"
                                  "i-0ec551a0000000001"),
                      seconds(21600)));
}

TEST_F(CredentialEndpointsTest, MetadataKnowsRegionZoneAndIdentity) {
  EXPECT_EQ(GetMetadata("/latest/meta-data/placement/region").body, "eu-west-1");
  EXPECT_EQ(GetMetadata("/latest/meta-data/placement/availability-zone").body, "eu-west-1a");
  const auto document = ParseJson(GetMetadata("/latest/dynamic/instance-identity/document").body);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(TextOf(*document, "region"), "eu-west-1");
  EXPECT_EQ(GetMetadata("/latest/meta-data/placement/moon").status, 404U);
  EXPECT_EQ(GetMetadata("/latest/user-data").status, 404U);
}

TEST_F(CredentialEndpointsTest, MetadataWantsTheTokenOfASessionThatHasNotEnded) {
  EXPECT_EQ(Get(kRoles).status, 401U);
  EXPECT_EQ(Get(kRoles, {{std::string(kTokenHeader), "made-up"}}).status, 401U);
  const Answer begun = Call("PUT", "/latest/api/token", {{std::string(kLifeHeader), "2"}});
  EXPECT_EQ(begun.headers, (std::vector<NamedText>{{"x-aws-ec2-metadata-token-ttl-seconds", "2"}}));
  const std::vector<NamedText> token = {{std::string(kTokenHeader), begun.body}};
  EXPECT_EQ(Get(kRoles, token).status, 200U);
  now += seconds(2);
  EXPECT_EQ(Get(kRoles, token).status, 401U);
  EXPECT_EQ(calls.Read(),
            (CallCounts::Numbers{{"MetadataRole", 1}, {"MetadataToken", 1}, {"_rejected", 3}}));
}

TEST_F(CredentialEndpointsTest, MetadataBeginsSessionsOfUpToSixHoursForDirectRequestsOnly) {
  const auto status = [&](std::string life) {
    return Call("PUT", "/latest/api/token", {{std::string(kLifeHeader), std::move(life)}}).status;
  };
  EXPECT_EQ(std::tuple(status("1"), status("21600")), std::tuple(200U, 200U));
  EXPECT_EQ(std::tuple(status("0"), status("21601"), status("long")), std::tuple(400U, 400U, 400U));
  EXPECT_EQ(Call("PUT", "/latest/api/token").status, 400U);
  EXPECT_EQ(Call("PUT", "/latest/api/token",
                 {{std::string(kLifeHeader), "1"}, {"X-Forwarded-For", "10.0.0.1"}})
                .status,
            403U);
}

TEST_F(CredentialEndpointsTest, MetadataSaysSoWhenTheRoleCannotBeAssumed) {
  Break("MetadataCredentials:denied");
  const Answer answer = GetMetadata(std::string(kRoles) + "ecs-sim-instance");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(TextOf(ParseJson(answer.body).value(), "Code"), "AssumeRoleUnauthorizedAccess");
}

TEST_F(CredentialEndpointsTest, ContainersGetTheKeysOfTheirTask) {
  const auto answer = ParseJson(Get("/v2/credentials/any-id").body);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(TextOf(*answer, "RoleArn"), "arn:aws:iam::123456789012:role/ecs-sim-task");
  EXPECT_EQ(KeysIn(*answer, "AccessKeyId").second, seconds(21600));
  ASSERT_TRUE(tokens.Set("container=sesame").has_value());
  EXPECT_EQ(Get("/v2/credentials/any-id").status, 401U);
  EXPECT_EQ(Get("/v2/credentials/any-id", {{"Authorization", "sesame"}}).status, 200U);
}

TEST_F(CredentialEndpointsTest, PodsNeedATokenAndLaterAnother) {
  EXPECT_EQ(Get("/v1/credentials").status, 401U);
  EXPECT_EQ(Get("/v1/credentials", {{"Authorization", "one"}}).status, 200U);
  ASSERT_TRUE(tokens.Set("pod-identity", support::Secret("two")).has_value());
  EXPECT_EQ(Get("/v1/credentials", {{"Authorization", "one"}}).status, 401U);
  EXPECT_EQ(Get("/v1/credentials", {{"Authorization", "two"}}).status, 200U);
}

TEST_F(CredentialEndpointsTest, ThePortalHandsOutKeysOfAnyRoleInTheAccount) {
  const Answer answer = GetPortal("token", "role_name=Reader&account_id=123456789012");
  const auto body = ParseJson(answer.body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(KeysIn(body->at("roleCredentials"), "accessKeyId"),
            std::pair(std::string("arn:aws:sts::123456789012:assumed-role/"
                                  "AWSReservedSSO_Reader_0ec551a000000001/ecs-sim-user"),
                      seconds(21600)));
  EXPECT_EQ(body->at("roleCredentials").at("expiration"), 1'700'021'600'000);
}

TEST_F(CredentialEndpointsTest, ThePortalRefusesByTheNamesOfItsErrors) {
  const auto error = [&](std::string token, std::string query) {
    const Answer answer = GetPortal(std::move(token), std::move(query));
    return std::pair(answer.status, answer.headers.at(0).second);
  };
  const std::string good = "role_name=R&account_id=123456789012";
  EXPECT_EQ(error("", good), std::pair(401U, std::string("UnauthorizedException")));
  EXPECT_EQ(error("t", "role_name=R"), std::pair(400U, std::string("InvalidRequestException")));
  EXPECT_EQ(error("t", "role_name=R&account_id=000000000000"),
            std::pair(403U, std::string("ForbiddenException")));
  Break("GetRoleCredentials:expired");
  EXPECT_EQ(error("t", good), std::pair(401U, std::string("UnauthorizedException")));
}

TEST_F(CredentialEndpointsTest, FaultsStrikeWhatWouldHaveBeenAnswered) {
  Break("ContainerCredentials:404");
  EXPECT_EQ(Get("/v2/credentials/x").status, 404U);
  Break("ContainerCredentials:hang");
  EXPECT_EQ(Get("/v2/credentials/x").delivery, Delivery::kHang);
  Break("ContainerCredentials:slow=2s");
  EXPECT_EQ(Get("/v2/credentials/x").delay, seconds(2));
  Break("ContainerCredentials:expiring=5s");
  EXPECT_EQ(KeysIn(ParseJson(Get("/v2/credentials/x").body).value(), "AccessKeyId").second,
            seconds(5));
  Break("MetadataToken:500");
  EXPECT_EQ(Call("PUT", "/latest/api/token", {{std::string(kLifeHeader), "1"}}).status, 500U);
}

}  // namespace
}  // namespace ecsd::sim
