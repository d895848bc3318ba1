#include "sim/call_buckets.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string_view>

#include "sim/answer.h"

namespace ecsd::sim {
namespace {

using namespace std::chrono_literals;

constexpr CallBuckets::Clock::time_point kStart{1h};

int Accepted(CallBuckets& buckets, std::string_view operation, int calls,
             CallBuckets::Clock::time_point now) {
  int accepted = 0;
  for (int i = 0; i < calls; ++i) accepted += buckets.Take(Protocol::kEcs, operation, now) ? 1 : 0;
  return accepted;
}

TEST(CallBucketsTest, TakesTheBurstAndThenTheRate) {
  CallBuckets buckets;
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart), 100);
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart + 2s), 40);
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart + 1h), 100);
}

TEST(CallBucketsTest, HasAShareOfSizeAndRateOnly) {
  CallBuckets buckets(0.1);
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart), 10);
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart + 2s), 4);
  EXPECT_EQ(Accepted(buckets, "DescribeTasks", 150, kStart + 1h), 10);
}

TEST(CallBucketsTest, ActionsOfOneCategoryShareABucket) {
  CallBuckets buckets;
  EXPECT_EQ(Accepted(buckets, "ListTasks", 60, kStart), 60);
  EXPECT_EQ(Accepted(buckets, "DescribeContainerInstances", 60, kStart), 40);
  EXPECT_EQ(Accepted(buckets, "DescribeTaskDefinition", 60, kStart), 50);
  EXPECT_TRUE(buckets.Take(Protocol::kEc2, "DescribeInstances", kStart));
}

TEST(CallBucketsTest, DoesNotLimitWhatHasNoPublishedBucket) {
  CallBuckets buckets;
  EXPECT_EQ(Accepted(buckets, "AssumeRole", 1000, kStart), 1000);
}

}  // namespace
}  // namespace ecsd::sim
