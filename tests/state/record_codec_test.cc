#include "state/record_codec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/packing.h"
#include "core/records.h"
#include "discovery/known_state.h"
#include "discovery/settlement.h"
#include "state/random_snapshot.h"

namespace ecsd::state {
namespace {

using core::Instance;
using core::TaskDefinition;
using core::Unpacker;
using discovery::ClusterMemory;
using discovery::StoredTask;

template <typename Records>
void ExpectSame(const Records& records) {
  using Record = std::remove_cvref_t<decltype(*records.front())>;
  ASSERT_FALSE(records.empty());
  for (const auto& record : records) EXPECT_EQ(Decode<Record>(Encode(*record)), *record);
}

TEST(RecordCodecTest, DecodesWhatItEncoded) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto known = RandomSnapshot(seed);
    ExpectSame(known.definitions);
    ExpectSame(known.instances);
    ExpectSame(known.addresses);
    for (const auto& task : known.tasks) EXPECT_EQ(Decode<StoredTask>(Encode(task)), task);
    for (const auto& each : known.clusters) EXPECT_EQ(Decode<ClusterMemory>(Encode(each)), each);
  }
}

TEST(RecordCodecTest, DecodesNoPartOfATask) {
  for (const auto& task : RandomSnapshot(1).tasks) {
    const auto bytes = Encode(task);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_EQ(Decode<StoredTask>(std::string_view(bytes).substr(0, length)), std::nullopt);
    }
    EXPECT_EQ(Decode<StoredTask>(bytes + '\0'), std::nullopt);
  }
}

TEST(RecordCodecTest, RefusesTasksThatNobodyKnows) {
  StoredTask task;
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), std::nullopt) << "no key";
  task.record.task.arn = "t";
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), task);
  task.record.recovered.emplace_back();
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), std::nullopt) << "a target without address";
  task.record.recovered[0].address = "10.0.0.1:80";
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), task);
  task.record.task.interface_addresses.ipv4 = "::1";
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), std::nullopt) << "an address that is none";
  task.record.task.interface_addresses.ipv4 = "";
  task.settlement = static_cast<discovery::Settlement>(9);
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), std::nullopt) << "no settlement";
  task.settlement = discovery::Settlement::kUnread;
  task.first_seen -= std::chrono::seconds(1);
  EXPECT_EQ(Decode<StoredTask>(Encode(task)), std::nullopt) << "before 1970";
}

TEST(RecordCodecTest, KeepsBytesThatAreNoText) {
  const Instance instance{.id = std::string("a\0\xFF\n", 4),
                          .addresses = {.ipv4 = "10.0.0.1", .ipv6 = "::1"}};
  EXPECT_EQ(Decode<Instance>(Encode(instance)), instance);
}

TEST(RecordCodecTest, DecodesNoPartOfARecord) {
  const auto known = RandomSnapshot(1);
  for (const auto& definition : known.definitions) {
    const auto bytes = Encode(*definition);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_EQ(Decode<TaskDefinition>(std::string_view(bytes).substr(0, length)), std::nullopt);
    }
    EXPECT_EQ(Decode<TaskDefinition>(bytes + '\0'), std::nullopt);
  }
}

TEST(RecordCodecTest, RefusesRecordsThatNoAnswerHas) {
  EXPECT_EQ(Decode<Instance>(Encode(Instance{})), std::nullopt);
  EXPECT_EQ(Decode<Instance>(Encode(Instance{.id = "i", .addresses = {.ipv4 = "::1", .ipv6 = {}}})),
            std::nullopt);
  TaskDefinition definition{.arn = "d", .containers = {{.name = "c", .port_mappings = {{}}}}};
  EXPECT_EQ(Decode<TaskDefinition>(Encode(definition)), std::nullopt);
  definition.containers[0].port_mappings[0].container = {.first = 80, .last = 80};
  EXPECT_EQ(Decode<TaskDefinition>(Encode(definition)), definition);
  definition.containers[0].port_mappings[0].container = {.first = 80, .last = 79};
  EXPECT_EQ(Decode<TaskDefinition>(Encode(definition)), std::nullopt);
}

TEST(UnpackerTest, BreaksOnNumbersThatDoNotFit) {
  const std::string ten(10, '\xFF');
  std::uint64_t number = 0;
  Unpacker unpacker(ten);
  unpacker(number);
  EXPECT_FALSE(unpacker.whole());

  std::vector<std::string> items;
  Unpacker list("\x7F");
  list(items);
  EXPECT_FALSE(list.whole());
  EXPECT_TRUE(items.empty());
}

}  // namespace
}  // namespace ecsd::state
