// The state file: whatever is in it, it can be opened, and what opened once opens again with the
// same records; or it is refused as the file of something else, and keeps its bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/properties.h"
#include "state/identity.h"
#include "state/state_file.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

const state::Identity kHere{.region = "eu-west-1", .role_arn = {}, .profile = {}};

std::string MakeDirectory() {
  std::string path = "/dev/shm/ecsd-fuzz-XXXXXX";
  Require(::mkdtemp(path.data()) != nullptr, "there is a directory");
  return path;
}

// How many records it has; nothing when it is refused.
std::optional<std::size_t> CheckOpens(const std::string& path, bool again) {
  const auto opened = state::StateFile::Open(path, kHere, "all");
  if (!opened && !again) {
    Require(opened.error().kind == support::ErrorKind::kConfig, "it is refused as another's");
    return std::nullopt;
  }
  Require(opened.has_value(), "it opens");
  Require(!again || opened->set_aside.empty(), "what opened opens again");
  const auto& known = opened->known;
  for (const auto& definition : known.definitions) CheckDefinition(*definition);
  for (const auto& instance : known.addresses) CheckAddresses(instance->addresses);
  return known.definitions.size() + known.addresses.size() + known.instances.size() +
         known.tasks.size() + known.clusters.size();
}

void CheckFile(std::string_view bytes) {
  static const std::string path = MakeDirectory() + "/state.db";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  const auto records = CheckOpens(path, false);
  if (records) {
    Require(CheckOpens(path, true) == records, "it holds the same again");
  } else {
    std::ifstream file(path, std::ios::binary);
    const std::string now((std::istreambuf_iterator<char>(file)), {});
    Require(now == bytes, "a file of something else keeps its bytes");
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckFile({reinterpret_cast<const char*>(data), size});
  return 0;
}
