#include "app/caller_identity.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "aws/sts_client.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;

const std::string kCallerArn = "arn:aws:sts::123456789012:assumed-role/ecs-sd/i-1";

class CallerIdentityTest : public testing::Test {
 protected:
  void QueueIdentity() {
    account_.transport.Queue(
        "sts GetCallerIdentity",
        test::Ok("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>" + kCallerArn +
                 "</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"));
  }
  void QueueRefusal() {
    account_.transport.Queue("sts GetCallerIdentity", test::StsError(403, "AccessDenied", "no"));
  }
  void Find() { identity_.Find(sts_, {}); }
  [[nodiscard]] std::size_t calls() const { return account_.transport.requests().size(); }

  test::FakeAccount account_;
  aws::StsClient sts_{account_.client};
  CallerIdentity identity_{account_.clock};
};

TEST_F(CallerIdentityTest, AsksNobodyBeforeThereAreCredentials) {
  Find();

  EXPECT_EQ(calls(), 0U);
  EXPECT_EQ(identity_.Current().arn, "");
}

TEST_F(CallerIdentityTest, AsksOnce) {
  QueueIdentity();
  identity_.CredentialsFrom("environment variables");
  Find();
  Find();

  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(identity_.Current().account, "123456789012");
  EXPECT_EQ(identity_.Current().arn, kCallerArn);
}

TEST_F(CallerIdentityTest, AsksAgainWhenTheSourceChanges) {
  QueueIdentity();
  QueueIdentity();
  identity_.CredentialsFrom("environment variables");
  Find();
  identity_.CredentialsFrom("environment variables");
  Find();
  EXPECT_EQ(calls(), 1U);
  identity_.CredentialsFrom("profile ops");
  EXPECT_EQ(identity_.Current().arn, "");
  Find();

  EXPECT_EQ(calls(), 2U);
  EXPECT_EQ(identity_.Current().arn, kCallerArn);
}

TEST_F(CallerIdentityTest, AsksAgainAMinuteAfterARefusal) {
  QueueRefusal();
  QueueIdentity();
  identity_.CredentialsFrom("environment variables");
  Find();
  account_.clock.Advance(59s);
  Find();
  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(identity_.Current().arn, "");
  account_.clock.Advance(1s);
  Find();

  EXPECT_EQ(identity_.Current().arn, kCallerArn);
}

}  // namespace
}  // namespace ecsd::app
