#include "aws/small_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "support/read_file.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::FileFailure;
using support::Result;

// Far more than anybody writes by hand; a device such as /dev/zero has no end.
constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

// Whether `text` is ASCII in units of two bytes, of which `zero` (0 or 1) is the one that is 0.
// Looks at its beginning.
bool IsWide(std::string_view text, std::size_t zero) {
  constexpr std::size_t kEnough = 64;
  constexpr std::size_t kLeast = 4;
  if (text.size() < kLeast) return false;
  for (std::size_t at = 0; at + 1 < std::min(text.size(), kEnough); at += 2) {
    if (text[at + zero] != 0 || text[at + 1 - zero] == 0) return false;
  }
  return true;
}

// The encoding of `text` by its byte order mark, or by its zero bytes where it has none; empty: it
// may be UTF-8.
std::string_view ForeignEncodingOf(std::string_view text) {
  using std::string_view_literals::operator""sv;
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  const bool marked = text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv);
  return marked || IsWide(text, 0) || IsWide(text, 1) ? "UTF-16" : "";
}

// Whether there is no file, or one in a directory that may not be searched.
bool IsAbsent(const std::string& path, const FileFailure& failure) {
  if (failure.why != FileFailure::Why::kSystem) return false;
  if (failure.code == ENOENT || failure.code == ENOTDIR) return true;
  std::error_code unreachable;
  static_cast<void>(std::filesystem::status(path, unreachable));
  return unreachable == std::errc::permission_denied;
}

std::string Describe(const std::string& path, const FileFailure& failure) {
  switch (failure.why) {
    case FileFailure::Why::kKind:
      return fmt::format("{}: is not a regular file", path);
    case FileFailure::Why::kTooLarge:
      return fmt::format("{}: has more than {} bytes; it is no file of AWS profiles or tokens",
                         path, kLargestFile);
    case FileFailure::Why::kSystem:
      break;
  }
  return fmt::format("{}: cannot be read: {}; check its permissions", path,
                     std::generic_category().message(failure.code));
}

}  // namespace

Result<std::optional<std::string>> ReadSmallFile(const std::string& path) {
  auto read = support::ReadFile(path, kLargestFile, support::Devices::kRead);
  if (!read && IsAbsent(path, read.error())) return std::nullopt;
  if (!read) return Fail(ErrorKind::kConfig, Describe(path, read.error()));
  auto& text = *read;
  if (const auto encoding = ForeignEncodingOf(text); !encoding.empty()) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: is {}; save it as UTF-8", path, encoding));
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return std::move(text);
}

}  // namespace ecsd::aws
