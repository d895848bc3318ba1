#include "aws/ec2_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/records.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::ErrorKind;
using test::Ec2Error;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

constexpr auto kCall = "ec2 DescribeInstances";
constexpr std::string_view kStart = "Action=DescribeInstances&Version=2016-11-15";
constexpr std::string_view kRest =
    "&MaxResults=1000&Filter.1.Name=instance-id&Filter.1.Value.1=i-1&Filter.1.Value.2=i-2";

std::string Page(std::string_view id, std::string_view address, std::string_view token) {
  std::string body = "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>";
  body.append("<instanceId>").append(id).append("</instanceId><privateIpAddress>").append(address);
  body.append("</privateIpAddress></item></instancesSet></item></reservationSet><nextToken>");
  body.append(token).append("</nextToken></DescribeInstancesResponse>");
  return body;
}

std::string Body(std::string_view managed, std::string_view token = "") {
  return std::string(kStart).append(managed).append(kRest).append(token);
}

constexpr std::string_view kManaged = "&IncludeManagedResources=true";

class Ec2ClientTest : public testing::Test {
 protected:
  [[nodiscard]] support::Result<std::vector<core::Instance>> Describe() {
    return ec2.DescribeInstances(ids, account.In(1min));
  }

  const std::vector<std::string> ids{"i-1", "i-2"};
  test::FakeAccount account;
  Ec2Client ec2{account.client};
};

TEST_F(Ec2ClientTest, ReadsEveryPage) {
  account.transport.Queue(kCall, Ok(Page("i-1", "10.0.0.1", "t=")))
      .Queue(kCall, Ok(Page("i-2", "10.0.0.2", "")));
  EXPECT_THAT(
      Must(Describe()),
      ElementsAre(core::Instance{.id = "i-1", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}},
                  core::Instance{.id = "i-2", .addresses = {.ipv4 = "10.0.0.2", .ipv6 = ""}}));
  EXPECT_THAT(account.transport.BodiesOf(kCall),
              ElementsAre(Body(kManaged), Body(kManaged, "&NextToken=t%3D")));
}

TEST_F(Ec2ClientTest, SendsAFormToItsEndpoint) {
  account.transport.Queue(kCall, Ok(Page("i-1", "10.0.0.1", "")));
  EXPECT_TRUE(Describe());
  const auto requests = account.transport.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].url, "https://ec2.eu-west-1.amazonaws.com/");
  EXPECT_THAT(requests[0].headers,
              ElementsAre("Content-Type: application/x-www-form-urlencoded; charset=utf-8"));
}

TEST_F(Ec2ClientTest, DoesWithoutManagedResourcesWhereTheyAreNotKnown) {
  account.transport.Queue(kCall, Ec2Error(400, "UnknownParameter", "IncludeManagedResources"))
      .Always(kCall, Ok(Page("i-1", "10.0.0.1", "")));
  EXPECT_TRUE(Describe());
  EXPECT_TRUE(Describe());
  EXPECT_THAT(account.transport.BodiesOf(kCall), ElementsAre(Body(kManaged), Body(""), Body("")));
}

TEST_F(Ec2ClientTest, GivesUpWhenAnotherParameterIsNotKnown) {
  account.transport.Always(kCall, Ec2Error(400, "UnknownParameter", "MaxResults"));
  EXPECT_EQ(FailureOf(Describe()),
            (Failed{.kind = ErrorKind::kUnsupported,
                    .message = "EC2 DescribeInstances: UnknownParameter: MaxResults"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 2U);
}

TEST_F(Ec2ClientTest, RefusesAListingThatGivesTheSameTokenTwice) {
  account.transport.Always(kCall, Ok(Page("i-1", "10.0.0.1", "t")));
  EXPECT_EQ(FailureOf(Describe()),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "EC2 DescribeInstances: the same nextToken a second time"}));
  EXPECT_EQ(account.transport.CountOf(kCall), 2U);
}

TEST_F(Ec2ClientTest, NamesThePermissionThatIsMissing) {
  account.transport.Queue(kCall, Ec2Error(403, "UnauthorizedOperation", "You are not authorized."));
  EXPECT_EQ(FailureOf(Describe()),
            (Failed{.kind = ErrorKind::kDenied,
                    .message = "EC2 DescribeInstances: UnauthorizedOperation: You are not "
                               "authorized.; grant ec2:DescribeInstances to these credentials"}));
}

TEST_F(Ec2ClientTest, RepeatsAThrottledCall) {
  account.transport.Queue(kCall, Ec2Error(503, "RequestLimitExceeded", "Request limit exceeded."))
      .Queue(kCall, Ok(Page("i-1", "10.0.0.1", "")));
  EXPECT_TRUE(Describe());
}

}  // namespace
}  // namespace ecsd::aws
