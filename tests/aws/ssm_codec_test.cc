#include "aws/ssm_codec.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/records.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using core::Instance;
using support::ErrorKind;
using test::FailureOf;
using test::Must;

TEST(EncodeDescribeInstanceInformationTest, AsksForTheInstancesInLongPages) {
  EXPECT_EQ(
      EncodeDescribeInstanceInformation(std::vector<std::string>{"mi-1", "mi-2"}, std::nullopt),
      R"({"Filters":[{"Key":"InstanceIds","Values":["mi-1","mi-2"]}],"MaxResults":50})");
}

TEST(EncodeDescribeInstanceInformationTest, AsksForTheNextPage) {
  EXPECT_EQ(
      EncodeDescribeInstanceInformation(std::vector<std::string>{"mi-1"}, "a\"b"),
      R"({"Filters":[{"Key":"InstanceIds","Values":["mi-1"]}],"MaxResults":50,"NextToken":"a\"b"})");
}

TEST(DecodeDescribeInstanceInformationTest, ReadsAddressesOfBothFamilies) {
  const auto page = Must(DecodeDescribeInstanceInformation(
      R"({"InstanceInformationList":[{"InstanceId":"mi-1","IPAddress":"10.0.0.7","PingStatus":"Online"},)"
      R"({"InstanceId":"mi-2","IPAddress":"2001:db8::7"}],"NextToken":"more"})"));
  EXPECT_EQ(page.items, (std::vector<Instance>{
                            {.id = "mi-1", .addresses = {.ipv4 = "10.0.0.7", .ipv6 = ""}},
                            {.id = "mi-2", .addresses = {.ipv4 = "", .ipv6 = "2001:db8::7"}}}));
  EXPECT_EQ(page.next_token, "more");
}

TEST(DecodeDescribeInstanceInformationTest, MarksAnAddressThatIsNone) {
  const auto page = Must(DecodeDescribeInstanceInformation(
      R"({"InstanceInformationList":[{"InstanceId":"mi-1","IPAddress":"host.example"},)"
      R"({"InstanceId":"mi-2"}]})"));
  EXPECT_EQ(page.items, (std::vector<Instance>{{.id = "mi-1", .addresses = {}, .malformed = true},
                                               {.id = "mi-2", .addresses = {}}}));
  EXPECT_EQ(page.next_token, std::nullopt);
}

TEST(DecodeDescribeInstanceInformationTest, MarksEntriesThatAreNone) {
  const auto page = Must(DecodeDescribeInstanceInformation(
      R"({"InstanceInformationList":[7,{"IPAddress":"10.0.0.7"},{"InstanceId":3},{"InstanceId":"mi-4"}]})"));
  const Instance nameless{.id = "", .addresses = {}, .malformed = true};
  auto address = nameless;
  address.addresses.ipv4 = "10.0.0.7";
  EXPECT_EQ(page.items,
            (std::vector<Instance>{nameless, address, nameless, {.id = "mi-4", .addresses = {}}}));
}

TEST(DecodeDescribeInstanceInformationTest, RefusesAnAnswerWithoutAList) {
  for (const std::string body : {"{}", R"({"InstanceInformationList":{}})", R"({"NextToken":"x"})"})
    EXPECT_EQ(FailureOf(DecodeDescribeInstanceInformation(body)).kind, ErrorKind::kMalformed)
        << body;
}

}  // namespace
}  // namespace ecsd::aws
