#include "sim/ec2_api.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

class Ec2ApiTest : public testing::Test {
 protected:
  Ec2ApiTest() {
    for (int i = 0; i < 9; ++i) account.AddInstance({{"instanceId", Id(i)}});
    account.AddInstance(
        {{"instanceId", Id(9)}, {"operator", {{"managed", true}, {"hiddenByDefault", true}}}});
  }

  static std::string Id(int number) { return "i-0000000000000000" + std::to_string(number); }

  // The ids in the answer in order, or the error's code.
  std::vector<std::string> Call(const std::vector<NamedText>& parameters,
                                const PagingRules& paging = {}) {
    const ApiResult result = DescribeInstances({.account = account,
                                                .paging = paging,
                                                .parameters = parameters,
                                                .request_id = "request",
                                                .twist = std::nullopt});
    if (!result) return {result.error().code};
    std::vector<std::string> ids;
    for (std::size_t at = 0; (at = result->find("<instanceId>", at)) != std::string::npos; ++at) {
      ids.push_back(result->substr(at + 12, 19));
    }
    const std::size_t token = result->find("<nextToken>");
    next_token = token == std::string::npos
                     ? ""
                     : result->substr(token + 11, result->find("</nextToken>") - token - 11);
    return ids;
  }

  Account account{"us-east-1", "123456789012"};
  std::string next_token;
};

using Ids = std::vector<std::string>;

TEST_F(Ec2ApiTest, UsesTheNamesOfTheWire) {
  Account own("us-east-1", "123456789012");
  own.AddInstance({{"instanceId", "i-0123456789abcdef0"},
                   {"publicIpAddress", "203.0.113.9"},
                   {"networkInterfaces",
                    Json::array({{{"privateIpAddress", "10.0.0.1"},
                                  {"attachment", {{"deviceIndex", 0}}},
                                  {"ipv6Addresses", Json::array({{{"ipv6Address", "::2"}}})}}})},
                   {"tags", Json::array({{{"key", "a<b"}, {"value", "c&'\"d"}}})}});
  const ApiResult result = DescribeInstances({.account = own,
                                              .paging = {},
                                              .parameters = {},
                                              .request_id = "request",
                                              .twist = std::nullopt});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeInstancesResponse "
            "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>request</requestId>"
            "<reservationSet><item><reservationId>r-0123456789abcdef0</reservationId>"
            "<ownerId>123456789012</ownerId><groupSet/><instancesSet><item>"
            "<instanceId>i-0123456789abcdef0</instanceId><ipAddress>203.0.113.9</ipAddress>"
            "<networkInterfaceSet><item><privateIpAddress>10.0.0.1</privateIpAddress>"
            "<attachment><deviceIndex>0</deviceIndex></attachment><ipv6AddressesSet><item>"
            "<ipv6Address>::2</ipv6Address></item></ipv6AddressesSet></item>"
            "</networkInterfaceSet><tagSet><item><key>a&lt;b</key><value>c&amp;&apos;&quot;d"
            "</value></item></tagSet><instanceState><code>16</code><name>running</name>"
            "</instanceState></item></instancesSet></item></reservationSet>"
            "</DescribeInstancesResponse>");
}

TEST_F(Ec2ApiTest, AnswersByIdAndByFilterWithWildcards) {
  EXPECT_EQ(Call({{"InstanceId.1", Id(3)}, {"InstanceId.2", Id(1)}}), (Ids{Id(3), Id(1)}));
  EXPECT_EQ(Call({{"Filter.1.Name", "instance-id"},
                  {"Filter.1.Value.1", "*2"},
                  {"Filter.1.Value.2", "i-00000000000000?04"},
                  {"Filter.1.Value.3", "i-00000000000000?05"},
                  {"Filter.2.Name", "instance-state-name"},
                  {"Filter.2.Value.1", "running"}}),
            (Ids{Id(2), Id(4), Id(5)}));
}

TEST_F(Ec2ApiTest, PagesOnlyWhenAskedTo) {
  EXPECT_EQ(Call({}, {.longest_page = 4}).size(), 9U);
  EXPECT_EQ(Call({{"MaxResults", "5"}}), (Ids{Id(0), Id(1), Id(2), Id(3), Id(4)}));
  EXPECT_EQ(Call({{"MaxResults", "1000"}, {"NextToken", next_token}}),
            (Ids{Id(5), Id(6), Id(7), Id(8)}));
  EXPECT_EQ(next_token, "");
  EXPECT_EQ(Call({{"NextToken", "nonsense"}}), Ids{"InvalidPaginationToken"});
}

TEST_F(Ec2ApiTest, HidesManagedInstancesUnlessTheyAreIncluded) {
  EXPECT_EQ(Call({{"InstanceId.1", Id(9)}}), Ids{"InvalidInstanceID.NotFound"});
  EXPECT_EQ(Call({{"InstanceId.1", Id(9)}, {"IncludeManagedResources", "true"}}), Ids{Id(9)});
  EXPECT_EQ(Call({{"IncludeManagedResources", "true"}}).size(), 10U);
}

TEST_F(Ec2ApiTest, RefusesWhatEc2Refuses) {
  EXPECT_EQ(Call({{"InstanceIds.1", Id(1)}}), Ids{"UnknownParameter"});
  EXPECT_EQ(Call({{"InstanceId.1", "mi-0123456789abcdef0"}}), Ids{"InvalidInstanceID.Malformed"});
  EXPECT_EQ(Call({{"InstanceId.1", Id(1)}, {"MaxResults", "5"}}),
            Ids{"InvalidParameterCombination"});
  for (const std::string length : {"4", "1001", "-5", "5x"}) {
    EXPECT_EQ(Call({{"MaxResults", length}}), Ids{"InvalidParameterValue"}) << length;
  }
  std::vector<NamedText> many = {{"Filter.1.Name", "instance-id"}};
  for (int i = 1; i <= 201; ++i) many.emplace_back("Filter.1.Value." + std::to_string(i), Id(1));
  EXPECT_EQ(Call(many), Ids{"FilterLimitExceeded"});
}

}  // namespace
}  // namespace ecsd::sim
