#include "discovery/account_records.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/records.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;

core::TaskDefinition Definition(const std::string& mode) {
  core::TaskDefinition definition;
  definition.network_mode = mode;
  return definition;
}

core::Task HostTask() {
  auto task = ATask(1);
  task.definition_arn = "host";
  task.container_instance_arn = "ci";
  return task;
}

class AccountRecordsTest : public testing::Test {
 protected:
  void SetUp() override { records_.BeginRefresh(kStart); }

  AccountRecords records_;
};

TEST_F(AccountRecordsTest, WhatIsKeptNeedNotBeAskedFor) {
  EXPECT_FALSE(records_.HasDefinition("host"));
  records_.PutDefinition("host", Definition("host"));
  records_.PutContainerInstance({.arn = "ci", .instance_id = "i-1"});
  records_.PutInstance({.id = "i-1", .addresses = {"10.0.0.1", ""}});
  records_.BeginRefresh(kStart + 1h);
  EXPECT_TRUE(records_.HasDefinition("host"));
  EXPECT_TRUE(records_.HasContainerInstance("ci"));
  EXPECT_TRUE(records_.HasInstance("i-1"));
  const auto references = records_.ReferencesOf(HostTask());
  EXPECT_EQ(references.known.instance->addresses.ipv4, "10.0.0.1");
  EXPECT_EQ(references.known.container_instance->instance_id, "i-1");
  EXPECT_EQ(records_.WhyUnknown(HostTask(), references), nullptr);
}

TEST_F(AccountRecordsTest, AThingIsAskedForOnceInARefresh) {
  EXPECT_TRUE(records_.Ask("host"));
  EXPECT_FALSE(records_.Ask("host"));
  EXPECT_TRUE(records_.IsAsked("host"));
  records_.PutUnread("host", kDenied);
  EXPECT_FALSE(records_.IsAsked("host"));
  EXPECT_TRUE(records_.HasDefinition("host")) << "this refresh has its answer";
  records_.BeginRefresh(kStart + 1min);
  EXPECT_FALSE(records_.HasDefinition("host")) << "the next one asks again";
}

TEST_F(AccountRecordsTest, SaysWhySomethingIsUnknown) {
  records_.PutUnread("host", kDenied);
  auto references = records_.ReferencesOf(HostTask());
  EXPECT_EQ(records_.WhyUnknown(HostTask(), references)->message, "denied");
  EXPECT_EQ(references.WhyNoDefinition(), "denied");

  records_.PutDefinition("host", Definition("host"));
  records_.PutUnread("ci", kDenied);
  references = records_.ReferencesOf(HostTask());
  EXPECT_EQ(records_.WhyUnknown(HostTask(), references)->message, "denied");

  records_.PutContainerInstance({.arn = "ci", .instance_id = "i-1"});
  records_.PutUnread("i-1", kDenied);
  references = records_.ReferencesOf(HostTask());
  EXPECT_EQ(records_.WhyUnknown(HostTask(), references)->message, "denied");

  auto stopping = HostTask();
  stopping.desired_status = "STOPPED";
  EXPECT_EQ(records_.WhyUnknown(stopping, references), nullptr) << "needs nothing";
}

TEST_F(AccountRecordsTest, AnInstanceWithoutAddressIsAskedForAgainAtGrowingIntervals) {
  auto now = kStart;
  std::vector<int> asked;
  for (int minute = 0; minute < 60; ++minute, now += 1min) {
    records_.BeginRefresh(now);
    if (records_.HasInstance("i-1")) continue;
    asked.push_back(minute);
    records_.PutInstance({.id = "i-1", .addresses = {}});
  }
  EXPECT_EQ(asked, (std::vector{0, 1, 2, 3, 5, 9, 17, 27, 37, 47, 57}));
}

TEST_F(AccountRecordsTest, AnUnknownInstanceIsAskedForInEveryRefresh) {
  for (int minute = 0; minute < 10; ++minute) {
    records_.BeginRefresh(kStart + std::chrono::minutes(minute));
    EXPECT_FALSE(records_.HasInstance("i-1")) << minute;
    records_.PutUnknownInstance("i-1");
  }
}

TEST_F(AccountRecordsTest, AContainerInstanceWithoutInstanceIsAskedForAgain) {
  records_.PutContainerInstance({.arn = "ci", .instance_id = ""});
  EXPECT_TRUE(records_.HasContainerInstance("ci"));
  records_.BeginRefresh(kStart + 1min);
  EXPECT_FALSE(records_.HasContainerInstance("ci"));
}

TEST_F(AccountRecordsTest, TheLeastRecentlyUsedGoFirstAndOnlyBetweenRefreshes) {
  AccountRecords records({.definitions = 2, .instances = 2});
  records.BeginRefresh(kStart);
  for (const auto* arn : {"a", "b", "c"}) records.PutDefinition(arn, Definition("host"));
  EXPECT_NE(records.Definition("a"), nullptr);
  records.BeginRefresh(kStart + 1min);
  EXPECT_EQ(records.Definition("b"), nullptr);
  EXPECT_NE(records.Definition("a"), nullptr);
  EXPECT_NE(records.Definition("c"), nullptr);
}

TEST_F(AccountRecordsTest, CountsWhatWasAtHandAndWhatWasAskedFor) {
  records_.PutDefinition("host", Definition("host"));
  (void)records_.ReferencesOf(HostTask());
  EXPECT_EQ(records_.definition_counts().misses, 1U);
  EXPECT_EQ(records_.definition_counts().hits, 0U);
  records_.BeginRefresh(kStart + 1min);
  (void)records_.ReferencesOf(HostTask());
  (void)records_.ReferencesOf(HostTask());
  EXPECT_EQ(records_.definition_counts().hits, 2U);
}

TEST_F(AccountRecordsTest, IsTheSameAfterARestart) {
  auto definition = Definition("host");
  definition.arn = "host";
  records_.PutDefinition("host", definition);
  records_.PutContainerInstance({.arn = "ci", .instance_id = "i-1"});
  records_.PutInstance({.id = "i-1", .addresses = {"10.0.0.1", ""}});
  KnownState state;
  records_.Save(state);
  AccountRecords restored;
  restored.Restore(state);
  const auto references = restored.ReferencesOf(HostTask());
  EXPECT_EQ(*references.known.definition, definition);
  EXPECT_EQ(references.known.instance->addresses.ipv4, "10.0.0.1");
}

}  // namespace
}  // namespace ecsd::discovery
