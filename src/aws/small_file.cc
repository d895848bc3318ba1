#include "aws/small_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
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
  if (const auto encoding = ForeignEncodingOf(text); !encoding.empty()) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: is {}; save it as UTF-8", path, encoding));
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

}  // namespace ecsd::aws
