#include "sim/faults.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::sim {
namespace {

// A call that names nothing.
const FaultPlan::Names kNothing = [](std::string_view /*name*/) { return false; };

TEST(FaultsTest, ReadsActionKindAndCount) {
  const auto fault = ParseFault("DescribeTasks:throttle:2");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->action, "DescribeTasks");
  EXPECT_EQ(fault->kind, FaultKind::kThrottle);
  EXPECT_EQ(fault->remaining, 2U);
  EXPECT_EQ(ParseFault("*:500")->remaining, std::nullopt);
}

TEST(FaultsTest, SomeKindsHaveADuration) {
  const auto fault = ParseFault("MetadataToken:slow=250ms:3");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->kind, FaultKind::kSlow);
  EXPECT_EQ(fault->duration, std::chrono::milliseconds(250));
  EXPECT_EQ(fault->remaining, 3U);
}

TEST(FaultsTest, RefusesWhatItDoesNotKnow) {
  for (const std::string text :
       {"", "ListTasks", "ListTasks:", "ListTask:500", "ListTasks:501",
        "ListTasks:500:", "ListTasks:500:0", "ListTasks:500:-1", "ListTasks@:500", "@prod:500",
        "ListTasks:slow", "ListTasks:slow=x", "ListTasks:500=2s"}) {
    EXPECT_FALSE(ParseFault(text).has_value()) << text;
  }
}

TEST(FaultsTest, StrikesItsActionAsOftenAsItSaysInTheOrderGiven) {
  FaultPlan plan;
  plan.Replace({*ParseFault("ListTasks:500:2"), *ParseFault("*:denied:1")});
  EXPECT_EQ(plan.Take("ListTasks", kNothing), FaultKind::kServerError);
  EXPECT_EQ(plan.Take("DescribeTasks", kNothing), FaultKind::kDenied);
  EXPECT_EQ(plan.Take("DescribeTasks", kNothing), std::nullopt);
  EXPECT_EQ(plan.Take("ListTasks", kNothing), FaultKind::kServerError);
  EXPECT_EQ(plan.Take("ListTasks", kNothing), std::nullopt);
}

TEST(FaultsTest, StrikesForEverWithoutACount) {
  FaultPlan plan;
  plan.Replace({*ParseFault("*:hang")});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(plan.Take("ListTasks", kNothing), FaultKind::kHang);
  plan.Replace({});
  EXPECT_EQ(plan.Take("ListTasks", kNothing), std::nullopt);
}

TEST(FaultsTest, StrikesOnlyCallsThatNameItsCluster) {
  FaultPlan plan;
  plan.Replace({*ParseFault("ListTasks@prod:denied:1")});
  EXPECT_EQ(plan.Take("ListTasks", [](std::string_view name) { return name == "test"; }),
            std::nullopt);
  const FaultPlan::Names prod = [](std::string_view name) { return name == "prod"; };
  EXPECT_EQ(plan.Take("ListTasks", prod), FaultKind::kDenied);
  EXPECT_EQ(plan.Take("ListTasks", prod), std::nullopt);
}

}  // namespace
}  // namespace ecsd::sim
