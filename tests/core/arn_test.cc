#include "core/arn.h"

#include <gtest/gtest.h>

#include <string_view>

namespace ecsd::core {
namespace {

TEST(ArnTest, TakesApartWhatAwsWrites) {
  const auto arn = ParseArn("arn:aws-cn:ecs:cn-north-1:123456789012:task/prod/ab:c");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->partition, "aws-cn");
  EXPECT_EQ(arn->service, "ecs");
  EXPECT_EQ(arn->region, "cn-north-1");
  EXPECT_EQ(arn->account, "123456789012");
  EXPECT_EQ(arn->resource, "task/prod/ab:c") << "colons belong to the resource";
}

TEST(ArnTest, PartsMayBeEmpty) {
  EXPECT_EQ(AccountOfArn("arn:aws:iam::123456789012:role/r"), "123456789012");
  EXPECT_EQ(RegionOfArn("arn:aws:iam::123456789012:role/r"), "");
  EXPECT_TRUE(ParseArn("arn:::::"));
}

TEST(ArnTest, NothingElseIsOne) {
  for (const std::string_view text : {"", "prod", "arn", "arn:", "arn:aws:ecs:eu-west-1:1",
                                      "ARN:aws:ecs:eu-west-1:1:cluster/c", " arn:::::"}) {
    EXPECT_FALSE(ParseArn(text)) << text;
    EXPECT_EQ(AccountOfArn(text), "");
    EXPECT_EQ(RegionOfArn(text), "");
  }
}

}  // namespace
}  // namespace ecsd::core
