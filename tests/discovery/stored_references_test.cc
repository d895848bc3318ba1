#include "discovery/stored_references.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/fleet.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

class StoredReferencesTest : public testing::Test {
 protected:
  StoredReferencesTest() {
    AccountReading reading;
    reading.clusters.push_back({.arn = kProd, .listed_whole = true});
    for (const int number : {1, 2, 3})
      reading.clusters[0].described.push_back(ATarget(number, fleet_.texts(), After(0)));
    fleet_.Update(std::move(reading), After(0));
  }

  Fleet fleet_;
};

TEST_F(StoredReferencesTest, EveryTaskFindsWhatItRefersTo) {
  KnownState state;
  AddReferences(*fleet_.Snapshot(After(0)), state);
  EXPECT_EQ(state.definitions.size(), 1U);
  EXPECT_EQ(state.instances.size(), 3U);
  EXPECT_EQ(state.addresses.size(), 3U);
  const StoredReferences references(state);
  for (const auto& tracked : fleet_.TasksOf(kProd)) {
    const auto found = references.Of(tracked.facts->Unpack().task);
    EXPECT_EQ(*found.definition, *tracked.facts->references().definition);
    EXPECT_EQ(*found.container_instance, *tracked.facts->references().container_instance);
    ASSERT_NE(found.instance, nullptr);
  }
}

// What the records have is newer than what a task was read with.
TEST_F(StoredReferencesTest, WhatTheStateHasStays) {
  KnownState state;
  state.addresses = {std::make_shared<const core::Instance>(
      core::Instance{.id = "i-" + TaskArn(1), .addresses = {.ipv4 = "10.9.9.9", .ipv6 = {}}})};
  AddReferences(*fleet_.Snapshot(After(0)), state);
  ASSERT_EQ(state.addresses.size(), 3U);
  EXPECT_EQ(state.addresses[0]->addresses.ipv4, "10.9.9.9");
}

// It says nothing to the next process, which asks for it again.
TEST_F(StoredReferencesTest, AnAddressThatNoOtherMachineReachesIsNotStored) {
  AccountReading reading;
  reading.clusters.push_back({.arn = kOther, .listed_whole = true});
  reading.clusters[0].described = {
      Described(ATask(9, kOther), "127.0.0.1:9102", fleet_.texts(), After(0))};
  fleet_.Update(std::move(reading), After(0));
  KnownState state;
  AddReferences(*fleet_.Snapshot(After(0)), state);
  EXPECT_EQ(state.instances.size(), 4U);
  EXPECT_EQ(state.addresses.size(), 3U);
}

TEST_F(StoredReferencesTest, WhatIsNotStoredIsNotKnown) {
  const KnownState state;
  const auto found = StoredReferences(state).Of(ATask(1));
  EXPECT_EQ(found.definition, nullptr);
  EXPECT_EQ(found.container_instance, nullptr);
  EXPECT_EQ(found.instance, nullptr);
}

}  // namespace
}  // namespace ecsd::discovery
