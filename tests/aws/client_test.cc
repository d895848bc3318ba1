#include "aws/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;
using test::Failed;
using test::FailureOf;
using test::JsonError;
using test::Keys;
using test::Ok;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

constexpr auto kCall = "ecs ListTasks";

Result<void> AnyBody(const std::string& /*body*/, JsonParser* /*again*/) {
  return {};
}

class ClientTest : public testing::Test {
 protected:
  [[nodiscard]] Result<void> Call(const Deadline& deadline,
                                  const Client::Decode& decode = AnyBody) const {
    return account.client.Call({.service = kEcs,
                                .action = "ListTasks",
                                .headers = {"X-Amz-Target: AmazonEC2ContainerService.ListTasks"},
                                .body = "{}"},
                               decode, deadline);
  }
  [[nodiscard]] Result<void> Call(const Client::Decode& decode = AnyBody) const {
    return Call(account.In(10min), decode);
  }

  test::FakeAccount account;
};

TEST_F(ClientTest, SignsWithItsCredentialsForItsRegionAndService) {
  account.transport.Queue(kCall, Ok("{}"));
  EXPECT_TRUE(Call());
  EXPECT_EQ(account.transport.requests(),
            (std::vector<http::Request>{
                {.url = "https://ecs.eu-west-1.amazonaws.com/",
                 .headers = {"X-Amz-Target: AmazonEC2ContainerService.ListTasks"},
                 .body = "{}",
                 .signature = http::Signature{.region = "eu-west-1",
                                              .service = "ecs",
                                              .access_key_id = "AKIAown",
                                              .secret_access_key = Secret("own-secret"),
                                              .session_token = Secret("own-token")},
                 .connect_timeout = 5s,
                 .total_timeout = 30s}}));
}

TEST_F(ClientTest, HandsTheBodyToTheDecoder) {
  account.transport.Queue(kCall, Ok("the body"));
  std::string seen;
  EXPECT_TRUE(Call([&](const std::string& body, JsonParser* /*again*/) {
    seen = body;
    return Result<void>();
  }));
  EXPECT_EQ(seen, "the body");
}

TEST_F(ClientTest, WaitsNoLongerForAnAnswerThanTheDeadline) {
  account.transport.Always(kCall, Ok("{}"));
  EXPECT_TRUE(Call(account.In(7s)));
  EXPECT_TRUE(Call(account.In(1500ms)));
  const auto requests = account.transport.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].connect_timeout, 5s);
  EXPECT_EQ(requests[0].total_timeout, 7s);
  EXPECT_EQ(requests[1].connect_timeout, 1500ms);
  EXPECT_EQ(requests[1].total_timeout, 1500ms);
}

TEST_F(ClientTest, TellsTheTransportWhenAResponseHasStalled) {
  EXPECT_EQ(StallTimeout(5s), 10s);
  EXPECT_EQ(StallTimeout(30s), 10s);
  EXPECT_EQ(StallTimeout(90s), 30s);
  const Client patient(account.transport, account.credentials, account.settings,
                       {.connect = 5s, .total = 30s, .stall = 10s}, account.pacing, account.clock,
                       account.log);
  account.transport.Always(kCall, Ok("{}"));
  EXPECT_TRUE(patient.Call({.service = kEcs,
                            .action = "ListTasks",
                            .headers = {"X-Amz-Target: AmazonEC2ContainerService.ListTasks"},
                            .body = "{}"},
                           AnyBody, account.In(1min)));
  ASSERT_EQ(account.transport.requests().size(), 1U);
  EXPECT_EQ(account.transport.requests().front().stall_timeout, 10s);
}

TEST_F(ClientTest, RepeatsWhatMayPassByItself) {
  for (const auto& failure : std::vector<test::Reply>{
           Fail(ErrorKind::kTransport, "reset"), Fail(ErrorKind::kTimeout, "slow"),
           JsonError(500, "ServerException", "oops"), test::Answer(502, "<html>")}) {
    account.transport.Queue(kCall, failure).Queue(kCall, failure).Queue(kCall, Ok("{}"));
    EXPECT_TRUE(Call());
  }
  EXPECT_EQ(account.transport.CountOf(kCall), 12U);
  EXPECT_THAT(account.clock.slept(),
              testing::Each(AllOf(Ge(milliseconds(0)), Le(milliseconds(100)))));
}

TEST_F(ClientTest, GivesUpAfterThreeAttempts) {
  account.transport.Always(kCall, Fail(ErrorKind::kTransport, "https://x/: reset"));
  EXPECT_EQ(FailureOf(Call()),
            (Failed{.kind = ErrorKind::kTransport,
                    .message = "ECS ListTasks: https://x/: reset (after 3 attempts)"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 3U);
  EXPECT_THAT(account.clock.slept(), ElementsAre(Le(50ms), Le(100ms)));
}

constexpr std::string_view kRateExceeded =
    "ECS ListTasks: ThrottlingException: Rate exceeded; raise -config.scrape-interval or lower "
    "--aws.rate-share, and see who else calls this account";

TEST_F(ClientTest, IsPatientWithThrottling) {
  account.transport.Always(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  EXPECT_EQ(FailureOf(Call()),
            (Failed{.kind = ErrorKind::kThrottled,
                    .message = std::string(kRateExceeded) + " (after 12 attempts)"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 12U);
  // Back-off, and between the waits for the turn of the next try, which throttling slows.
  EXPECT_THAT(account.clock.slept(), AllOf(testing::SizeIs(Ge(11U)), testing::Each(Le(20s))));
}

TEST_F(ClientTest, DoesNotRepeatWhatWillFailAgain) {
  account.transport.Queue(kCall, JsonError(400, "AccessDeniedException", "no"));
  EXPECT_EQ(FailureOf(Call()), (Failed{.kind = ErrorKind::kDenied,
                                       .message = "ECS ListTasks: AccessDeniedException: no; grant "
                                                  "ecs:ListTasks to these credentials"}));
  account.transport.Queue(kCall, JsonError(400, "InvalidParameterException", "odd"));
  EXPECT_EQ(FailureOf(Call()),
            (Failed{.kind = ErrorKind::kRejected,
                    .message = "ECS ListTasks: InvalidParameterException: odd"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 2U);
  EXPECT_THAT(account.clock.slept(), ElementsAre());
}

TEST_F(ClientTest, TakesARedirectForAnAnswerOfSomebodyElse) {
  for (int i = 0; i < 3; ++i) account.transport.Queue(kCall, test::Answer(302, ""));
  EXPECT_EQ(
      FailureOf(Call()),
      (Failed{.kind = ErrorKind::kMalformed,
              .message =
                  "ECS ListTasks: 302; this is no answer of AWS: is a proxy between here and AWS "
                  "answering instead? (after 3 attempts)"}));
}

TEST_F(ClientTest, RepeatsACallWhoseAnswerCannotBeRead) {
  account.transport.Queue(kCall, Ok("garbage")).Queue(kCall, Ok("good"));
  const auto decode = [](const std::string& body, JsonParser* /*again*/) -> Result<void> {
    if (body != "good") return Fail(ErrorKind::kMalformed, "the answer is no JSON object");
    return {};
  };
  EXPECT_TRUE(Call(decode));
  account.transport.Always(kCall, Ok("garbage"));
  EXPECT_EQ(FailureOf(Call(decode)),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "ECS ListTasks: the answer is no JSON object (after 3 attempts)"}));
}

TEST_F(ClientTest, StopsRepeatingAtTheDeadline) {
  account.transport.Handle(kCall, [this](const http::Request& request) {
    account.clock.Advance(request.total_timeout);
    return test::Reply(Fail(ErrorKind::kTimeout, "no whole answer in time"));
  });
  const auto start = account.clock.Steady();
  EXPECT_EQ(
      FailureOf(Call(account.In(10s))),
      (Failed{.kind = ErrorKind::kTimeout, .message = "ECS ListTasks: no whole answer in time"}));
  EXPECT_EQ(account.clock.Steady() - start, 10s);
  EXPECT_EQ(account.transport.CountOf(kCall), 1U);
}

TEST_F(ClientTest, NeverSleepsBeyondTheDeadline) {
  account.transport.Always(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  const auto deadline = account.In(3s);
  EXPECT_EQ(FailureOf(Call(deadline)).kind, ErrorKind::kThrottled);
  EXPECT_LT(account.clock.Steady(), deadline.at);
  EXPECT_LT(account.transport.CountOf(kCall), 12U);
}

// With so slow a bucket the turn of a second attempt comes in a second, whatever the delay is.
TEST_F(ClientTest, SaysWhatAwsSaidWhenTheNextTurnComesAfterTheDeadline) {
  for (int blow = 0; blow < 10; ++blow) {
    account.limiter.Throttled(account.pacing.scope, kEcs, "ListTasks");
    account.clock.Advance(1s);
  }
  account.limiter.Throttled(account.pacing.scope, kEcs, "ListTasks");
  account.transport.Always(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  EXPECT_EQ(FailureOf(Call(account.In(800ms))),
            (Failed{.kind = ErrorKind::kThrottled, .message = std::string(kRateExceeded)}));
  EXPECT_EQ(account.transport.CountOf(kCall), 1U);
}

TEST_F(ClientTest, SaysWhatAwsSaidWhenASleepEndsAfterTheDeadline) {
  account.clock.OnSleep([this] { account.clock.Advance(5s); });
  account.transport.Always(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  EXPECT_EQ(FailureOf(Call(account.In(4s))),
            (Failed{.kind = ErrorKind::kThrottled, .message = std::string(kRateExceeded)}));
  EXPECT_EQ(account.transport.CountOf(kCall), 1U);
}

TEST_F(ClientTest, AsksNothingWhenTheTimeIsOver) {
  EXPECT_EQ(FailureOf(Call(account.In(0s))),
            (Failed{.kind = ErrorKind::kTimeout,
                    .message = "ECS ListTasks: the time for the whole refresh is over; see "
                               "--refresh-timeout"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 0U);
}

TEST_F(ClientTest, RenewsStaleCredentialsOnceAndRepeatsTheCallAtOnce) {
  account.source.Queue(Keys("new"));
  account.transport.Queue(kCall, JsonError(400, "ExpiredTokenException", "expired"))
      .Queue(kCall, Ok("{}"));
  EXPECT_TRUE(Call());
  std::vector<std::string> signed_with;
  for (const auto& request : account.transport.requests()) {
    signed_with.push_back(request.signature ? request.signature->access_key_id : "nobody");
  }
  EXPECT_THAT(signed_with, ElementsAre("AKIAown", "AKIAnew"));
  EXPECT_THAT(account.clock.slept(), ElementsAre());
}

TEST_F(ClientTest, GivesUpWhenRenewedCredentialsAreStaleToo) {
  account.source.Queue(Keys("new"));
  account.transport.Always(kCall, JsonError(400, "ExpiredTokenException", "expired"));
  EXPECT_EQ(FailureOf(Call()),
            (Failed{.kind = ErrorKind::kExpired,
                    .message = "ECS ListTasks: ExpiredTokenException: expired; they have expired: "
                               "renew the credentials (after 2 attempts)"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 2U);
  EXPECT_EQ(account.source.fetches(), 2U);
}

TEST_F(ClientTest, AsksNothingWithoutCredentials) {
  test::FakeCredentialSource none;
  none.Queue(Fail(ErrorKind::kCredentials, "no AWS credentials"));
  CachedCredentials credentials(none, account.clock, account.log);
  const Client client(account.transport, credentials, account.settings,
                      {.connect = 5s, .total = 30s}, account.pacing, account.clock, account.log);
  EXPECT_EQ(
      FailureOf(client.Call({.service = kEcs, .action = "ListTasks", .headers = {}, .body = "{}"},
                            AnyBody, account.In(1min))),
      (Failed{.kind = ErrorKind::kCredentials, .message = "no AWS credentials"}));
  EXPECT_EQ(account.transport.requests().size(), 0U);
}

TEST_F(ClientTest, HidesSecretsThatAServiceQuotes) {
  account.transport.Queue(
      kCall, JsonError(403, "SignatureDoesNotMatch", "own-token, own-secret and own-token again"));
  EXPECT_EQ(FailureOf(Call()).message,
            "ECS ListTasks: SignatureDoesNotMatch: ***, *** and *** again; check the AWS "
            "credentials");
}

// A long message used to be cut first, and what was left of a token at its end was shown.
TEST_F(ClientTest, HidesASecretThatStandsWhereTheMessageIsCut) {
  account.source.Clear();
  auto keys = Keys("own");
  keys.session_token = Secret(std::string(1000, 'T'));
  account.source.Queue(keys);
  account.transport.Queue(
      kCall, JsonError(403, "SignatureDoesNotMatch", "the token is " + std::string(1000, 'T')));
  EXPECT_EQ(FailureOf(Call()).message,
            "ECS ListTasks: SignatureDoesNotMatch: the token is ***; check the AWS credentials");
}

TEST_F(ClientTest, HidesASecretThatTheAnswerHasEscaped) {
  account.source.Clear();
  auto keys = Keys("own");
  keys.session_token = Secret("a/b&c");
  account.source.Queue(keys);
  account.transport.Queue(kCall, JsonError(403, "SignatureDoesNotMatch", R"(it is a\/b\u0026c)"));
  EXPECT_EQ(FailureOf(Call()).message,
            "ECS ListTasks: SignatureDoesNotMatch: it is ***; check the AWS credentials");
}

TEST_F(ClientTest, EndsWhenItIsToldToStopBeforeTheAnswer) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(FailureOf(Call(account.In(1min, stop.get_token()))).kind, ErrorKind::kCancelled);
  EXPECT_EQ(account.transport.CountOf(kCall), 1U);
}

TEST_F(ClientTest, EndsWhenItIsToldToStopBetweenAttempts) {
  std::stop_source stop;
  account.clock.OnSleep([&] { stop.request_stop(); });
  account.transport.Always(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  EXPECT_EQ(FailureOf(Call(account.In(1min, stop.get_token()))),
            (Failed{.kind = ErrorKind::kCancelled, .message = "ECS ListTasks: stopped"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 1U);
}

TEST_F(ClientTest, EachTryWaitsForItsTurnAndThrottlingSlowsTheOnesAfterIt) {
  account.transport.Queue(kCall, JsonError(400, "ThrottlingException", "Rate exceeded"));
  account.transport.Always(kCall, Ok("{}"));
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(Call());
  const auto views = account.limiter.View();
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].bucket, "ecs_cluster_resource_read");
  EXPECT_EQ(views[0].calls, 61U);
  EXPECT_EQ(views[0].throttled, 1U);
  EXPECT_GE(views[0].waited, 5s);
}

TEST_F(ClientTest, MakesNoCallWhoseTurnComesTooLate) {
  account.transport.Always(kCall, Ok("{}"));
  for (int i = 0; i < 98; ++i) EXPECT_TRUE(Call());
  EXPECT_EQ(FailureOf(Call(account.In(10ms))).kind, ErrorKind::kTimeout);
  EXPECT_EQ(account.transport.CountOf(kCall), 98U);
}

}  // namespace
}  // namespace ecsd::aws
