#include "aws/small_file.h"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <system_error>

#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Far more than anybody writes by hand; a device such as /dev/zero has no end.
constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

}  // namespace

Result<std::optional<std::string>> ReadSmallFile(const std::string& path) {
  std::error_code unreachable;
  const auto status = std::filesystem::status(path, unreachable);
  if (unreachable == std::errc::permission_denied) return std::nullopt;
  if (std::filesystem::is_directory(status) || std::filesystem::is_fifo(status)) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: is not a regular file", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return Fail(ErrorKind::kConfig, fmt::format("{}: cannot be read: {}; check its permissions",
                                                path, std::generic_category().message(errno)));
  }
  // read() turns what the stream buffer throws (of a directory, say) into the state of the stream.
  std::string text;
  std::array<char, 4096> piece{};
  do {
    file.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  } while (file && text.size() <= kLargestFile);
  if (text.size() > kLargestFile) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{}: has more than {} bytes; it is no file of AWS profiles or tokens",
                            path, kLargestFile));
  }
  if (file.bad()) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: cannot be read; is it a file?", path));
  }
  return text;
}

}  // namespace ecsd::aws
