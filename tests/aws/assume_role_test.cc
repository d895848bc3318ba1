#include "aws/assume_role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ecs_client.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::January;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using support::ErrorKind;
using support::Secret;
using test::AssumeRoleAnswer;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

constexpr auto kRole = "arn:aws:iam::111122223333:role/read";
constexpr auto kCall = "sts AssumeRole";

// "ecs by AKIA..."
std::string SignerOf(const http::Request& request) {
  if (!request.signature) return "nobody";
  return request.signature->service + " by " + request.signature->access_key_id;
}

class AssumeRoleTest : public testing::Test {
 protected:
  test::FakeAccount account;
  AssumeRoleSource source{account.client,
                          account.credentials,
                          {.arn = kRole,
                           .session_name = "prometheus-ecs-discovery",
                           .external_id = "",
                           .duration = {}}};
};

TEST_F(AssumeRoleTest, AsksStsWithItsOwnCredentials) {
  account.transport.Queue(kCall, Ok(AssumeRoleAnswer("ASIA", "s", "t", "2026-01-02T04:04:05Z")));
  EXPECT_EQ(Must(source.Fetch(account.In(minutes(1)))),
            (Credentials{.access_key_id = "ASIA",
                         .secret_access_key = Secret("s"),
                         .session_token = Secret("t"),
                         .expires = sys_days(2026y / January / 2) + 4h + 4min + 5s,
                         .source = "role arn:aws:iam::111122223333:role/read by a test"}));
  const auto requests = account.transport.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(SignerOf(requests[0]), "sts by AKIAown");
  EXPECT_THAT(requests[0].headers,
              ElementsAre("Content-Type: application/x-www-form-urlencoded; charset=utf-8"));
  EXPECT_EQ(requests[0].body,
            "Action=AssumeRole&Version=2011-06-15"
            "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fread"
            "&RoleSessionName=prometheus-ecs-discovery");
}

TEST_F(AssumeRoleTest, SendsSessionNameExternalIdAndDuration) {
  account.transport.Queue(kCall, Ok(AssumeRoleAnswer("ASIA", "s", "t", "2026-01-02T04:04:05Z")));
  AssumeRoleSource full(
      account.client, account.credentials,
      {.arn = kRole, .session_name = "me@host", .external_id = "a/b", .duration = seconds(900)});
  EXPECT_TRUE(full.Fetch(account.In(minutes(1))));
  EXPECT_THAT(account.transport.BodiesOf(kCall),
              ElementsAre("Action=AssumeRole&Version=2011-06-15"
                          "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fread"
                          "&RoleSessionName=me%40host&DurationSeconds=900&ExternalId=a%2Fb"));
}

TEST_F(AssumeRoleTest, SaysWhichRoleWasRefused) {
  account.transport.Queue(kCall, test::StsError(403, "AccessDenied", "not authorized"));
  EXPECT_EQ(FailureOf(source.Fetch(account.In(minutes(1)))),
            (Failed{.kind = ErrorKind::kDenied,
                    .message = "assume role arn:aws:iam::111122223333:role/read: STS AssumeRole: "
                               "AccessDenied: not authorized; grant sts:AssumeRole to these "
                               "credentials"}));
}

TEST_F(AssumeRoleTest, RefusesAnAnswerWithoutCredentialsAndQuotesNothingOfIt) {
  account.transport.Always(kCall, Ok(AssumeRoleAnswer("ASIA", "very-secret", "", "")));
  EXPECT_EQ(FailureOf(source.Fetch(account.In(minutes(1)))),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "assume role arn:aws:iam::111122223333:role/read: STS AssumeRole: "
                               "the answer is no AssumeRoleResponse in XML with whole credentials "
                               "(after 3 attempts)"}));
}

TEST_F(AssumeRoleTest, SignsTheCallsOfItsClientsUntilTheSessionEnds) {
  account.clock.SetNow(sys_days(2026y / January / 2) + 3h);
  account.transport.Queue(kCall, Ok(AssumeRoleAnswer("ASIA1", "s1", "t1", "2026-01-02T04:00:00Z")))
      .Queue(kCall, Ok(AssumeRoleAnswer("ASIA2", "s2", "t2", "2026-01-02T05:00:00Z")))
      .Always("ecs ListClusters", Ok(R"({"clusterArns":[]})"));
  CachedCredentials role(source, account.clock, account.log, [] { return 0.0; });
  const Client client(account.transport, role, account.settings,
                      {.connect = seconds(5), .total = seconds(30)}, account.pacing, account.clock,
                      account.log);
  const EcsClient ecs(client);
  EXPECT_TRUE(ecs.ListClusters(account.In(minutes(1))));
  account.clock.Advance(minutes(44));
  EXPECT_TRUE(ecs.ListClusters(account.In(minutes(1))));
  account.clock.Advance(minutes(1));
  EXPECT_TRUE(ecs.ListClusters(account.In(minutes(1))));
  std::vector<std::string> calls;
  for (const auto& request : account.transport.requests()) {
    calls.push_back(SignerOf(request));
  }
  EXPECT_THAT(calls, ElementsAre("sts by AKIAown", "ecs by ASIA1", "ecs by ASIA1", "sts by AKIAown",
                                 "ecs by ASIA2"));
}

}  // namespace
}  // namespace ecsd::aws
