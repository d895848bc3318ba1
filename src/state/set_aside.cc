#include "state/set_aside.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "support/result.h"

namespace ecsd::state {
namespace {

// The first name of `path`.set-aside-1 to 9 that is free; else the last.
std::string NameToSetAside(const std::string& path) {
  std::string name;
  for (int number = 1; number <= 9; ++number) {
    name = fmt::format("{}.set-aside-{}", path, number);
    if (::access(name.c_str(), F_OK) != 0) break;
  }
  return name;
}

}  // namespace

support::Result<std::string> SetAside(const std::string& path) {
  auto name = NameToSetAside(path);
  for (const std::string_view suffix : {"-journal", "-wal", "-shm", ""}) {
    const auto from = path + std::string(suffix);
    if (std::rename(from.c_str(), (name + std::string(suffix)).c_str()) != 0 && errno != ENOENT) {
      return support::Fail(
          support::ErrorKind::kIo,
          fmt::format("rename {}: {}", from, std::generic_category().message(errno)));
    }
  }
  return name;
}

}  // namespace ecsd::state
