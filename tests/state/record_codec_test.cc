#include "state/record_codec.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/records.h"
#include "state/packing.h"
#include "state/random_snapshot.h"

namespace ecsd::state {
namespace {

using core::Instance;
using core::TaskDefinition;

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
  }
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
