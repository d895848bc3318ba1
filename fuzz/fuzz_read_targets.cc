// The output file of an earlier run: what is read of any bytes can be written, and is read back as
// it was.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/render.h"
#include "core/target.h"
#include "fuzz/properties.h"
#include "output/read_targets.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

support::Result<output::FileTargets> Read(std::string_view bytes) {
  return output::ReadTargets([bytes](std::span<char> room) mutable -> support::Result<std::size_t> {
    const auto now = bytes.substr(0, room.size());
    std::ranges::copy(now, room.begin());
    bytes.remove_prefix(now.size());
    return now.size();
  });
}

void CheckWrittenAgain(const std::vector<core::Target>& targets, const std::string& bytes) {
  const auto again = Read(bytes);
  Require(again && again->targets == targets, "what was read is read back as it was");
  Require(again->skipped == 0 && again->damage.empty(), "all of it is ours");
}

void CheckFile(std::string_view bytes) {
  const auto file = Read(bytes);
  if (!file) {
    Require(file.error().kind == support::ErrorKind::kMalformed, "bytes are ours or not");
    return;
  }
  for (const auto& target : file->targets) {
    Require(!target.address.empty() && !target.labels.Get(core::kClusterArnLabel).empty(),
            "a target has an address and a cluster");
  }
  CheckWrittenAgain(file->targets, core::RenderYaml(file->targets));
  CheckWrittenAgain(file->targets, core::RenderJson(file->targets));
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckFile({reinterpret_cast<const char*>(data), size});
  return 0;
}
