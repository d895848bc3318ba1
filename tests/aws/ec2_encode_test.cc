#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "aws/ec2_codec.h"
#include "aws/form.h"

namespace ecsd::aws {
namespace {

TEST(FormTest, EncodesEverythingThatIsReservedInAUrl) {
  std::string reserved;
  for (int byte = 0; byte < 256; ++byte) reserved += static_cast<char>(byte);
  std::string encoded;
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool plain =
        std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~").find(c) !=
        std::string::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  EXPECT_EQ(Form("A", "1").Add("n a=me", reserved).body(),
            "Action=A&Version=1&n%20a%3Dme=" + encoded);
}

TEST(FormTest, WritesAnEmptyValue) {
  EXPECT_EQ(Form("A", "1").Add("name", "").body(), "Action=A&Version=1&name=");
}

TEST(EncodeDescribeInstancesTest, AsksByFilterSoThatAMissingInstanceFailsNothing) {
  const std::vector<std::string> ids{"i-1", "i-2"};
  EXPECT_EQ(EncodeDescribeInstances({.ids = ids, .token = std::nullopt, .include_managed = true}),
            "Action=DescribeInstances&Version=2016-11-15&IncludeManagedResources=true"
            "&MaxResults=1000&Filter.1.Name=instance-id&Filter.1.Value.1=i-1&Filter.1.Value.2=i-2");
}

TEST(EncodeDescribeInstancesTest, SendsTheTokenOfTheNextPage) {
  const std::vector<std::string> ids{"i-1"};
  EXPECT_EQ(EncodeDescribeInstances({.ids = ids, .token = "a+b/c==&x", .include_managed = false}),
            "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000&Filter.1.Name=instance-id"
            "&Filter.1.Value.1=i-1&NextToken=a%2Bb%2Fc%3D%3D%26x");
}

TEST(EncodeDescribeInstancesTest, WritesAWholeBatch) {
  std::vector<std::string> ids;
  std::string values;
  for (std::size_t i = 1; i <= kEc2Batch; ++i) {
    ids.push_back(fmt::format("i-{:017x}", i));
    values += fmt::format("&Filter.1.Value.{}=i-{:017x}", i, i);
  }
  EXPECT_EQ(ids.size(), 200U);
  EXPECT_EQ(
      EncodeDescribeInstances({.ids = ids, .token = std::nullopt, .include_managed = false}),
      "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000&Filter.1.Name=instance-id" +
          values);
}

}  // namespace
}  // namespace ecsd::aws
