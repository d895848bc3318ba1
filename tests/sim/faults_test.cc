#include "sim/faults.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace ecsd::sim {
namespace {

TEST(FaultsTest, ReadsActionKindAndCount) {
  const auto fault = ParseFault("DescribeTasks:throttle:2");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->action, "DescribeTasks");
  EXPECT_EQ(fault->kind, FaultKind::kThrottle);
  EXPECT_EQ(fault->remaining, 2U);
  EXPECT_EQ(ParseFault("*:500")->remaining, std::nullopt);
}

TEST(FaultsTest, RefusesWhatItDoesNotKnow) {
  for (const std::string text : {"", "ListTasks", "ListTasks:", "ListTask:500", "ListTasks:501",
                                 "ListTasks:500:", "ListTasks:500:0", "ListTasks:500:-1"}) {
    EXPECT_FALSE(ParseFault(text).has_value()) << text;
  }
}

TEST(FaultsTest, StrikesItsActionAsOftenAsItSaysInTheOrderGiven) {
  FaultPlan plan;
  plan.Replace({*ParseFault("ListTasks:500:2"), *ParseFault("*:denied:1")});
  EXPECT_EQ(plan.Take("ListTasks"), FaultKind::kServerError);
  EXPECT_EQ(plan.Take("DescribeTasks"), FaultKind::kDenied);
  EXPECT_EQ(plan.Take("DescribeTasks"), std::nullopt);
  EXPECT_EQ(plan.Take("ListTasks"), FaultKind::kServerError);
  EXPECT_EQ(plan.Take("ListTasks"), std::nullopt);
}

TEST(FaultsTest, StrikesForEverWithoutACount) {
  FaultPlan plan;
  plan.Replace({*ParseFault("*:hang")});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(plan.Take("ListTasks"), FaultKind::kHang);
  plan.Replace({});
  EXPECT_EQ(plan.Take("ListTasks"), std::nullopt);
}

}  // namespace
}  // namespace ecsd::sim
