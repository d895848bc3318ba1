// The records of the state file: bytes are a record that an answer could have, or none.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/known_state.h"
#include "fuzz/properties.h"
#include "state/record_codec.h"

namespace ecsd::fuzz {
namespace {

template <typename T, typename Check>
void CheckRecord(std::string_view bytes, const Check& check) {
  const auto record = state::Decode<T>(bytes);
  if (!record) return;
  Require(!state::KeyOf(*record).empty(), "a record has a key");
  check(*record);
  Require(state::Decode<T>(state::Encode(*record)) == record, "it is decoded as it was encoded");
}

// What is made of the facts again relies on this.
void CheckStored(const discovery::StoredTask& stored) {
  CheckTask(stored.record.task);
  for (const auto& target : stored.record.recovered)
    Require(!target.address.empty(), "a target has an address");
  core::SharedTexts texts;
  const core::TaskFacts facts(stored.record, core::TaskReferences(), texts);
  Require(facts.Unpack() == stored.record, "facts are what they were made of");
}

void CheckBytes(std::string_view bytes) {
  CheckRecord<core::TaskDefinition>(bytes, CheckDefinition);
  CheckRecord<core::Instance>(bytes,
                              [](const auto& instance) { CheckAddresses(instance.addresses); });
  CheckRecord<core::ContainerInstance>(bytes, [](const auto&) {});
  CheckRecord<discovery::ClusterMemory>(bytes, [](const auto&) {});
  CheckRecord<discovery::StoredTask>(bytes, CheckStored);
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
