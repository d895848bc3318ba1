// The shared AWS files: the same text gives the same profiles, and a refusal names file and line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aws/profile_file.h"
#include "fuzz/properties.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

void CheckFile(aws::SharedFileKind kind, std::string_view text) {
  aws::SharedFiles files;
  aws::SharedFiles again;
  const auto read = aws::AddSharedFile(kind, "/home/me/.aws/config", text, files);
  const auto reread = aws::AddSharedFile(kind, "/home/me/.aws/config", text, again);
  Require(read.has_value() == reread.has_value() && files == again, "reading is repeatable");
  for (const auto& [name, section] : files.profiles) {
    Require(std::ranges::none_of(section, [](const auto& entry) { return entry.first.empty(); }),
            "a key has a name");
  }
  if (read) return;
  Require(read.error().kind == support::ErrorKind::kConfig, "a bad file must be changed");
  Require(read.error().message.find("/home/me/.aws/config") != std::string_view::npos,
          "a refusal names the file");
  CheckMessage(read.error().message);
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ecsd::fuzz::CheckFile(ecsd::aws::SharedFileKind::kConfig, text);
  ecsd::fuzz::CheckFile(ecsd::aws::SharedFileKind::kCredentials, text);
  return 0;
}
