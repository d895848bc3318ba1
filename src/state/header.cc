#include "state/header.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "state/database.h"
#include "support/descriptor.h"

namespace ecsd::state {
namespace {

constexpr std::size_t kPage = 4096;          // SQLite's default, which ours have
constexpr std::size_t kLooked = 64 * kPage;  // of what is not whole, for what may be left of ours
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kVersionAt = 60;
constexpr std::size_t kApplicationAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr off_t kLargest = off_t{1} << 30;

// What only our files have: how their tables are made, as SQLite keeps it in the first page.
constexpr std::array<std::string_view, 2> kOurTables = {
    "CREATE TABLE identity(name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE record(kind INTEGER NOT NULL, key BLOB NOT NULL, bytes BLOB NOT NULL"};
// In the keys of our records, all of which are ARNs or ids.
constexpr std::string_view kOurKeys = ":ecs:";

tl::unexpected<SqlError> Because(SqlError::Kind kind, std::string why) {
  return tl::unexpected(SqlError{.kind = kind, .message = std::move(why)});
}

tl::unexpected<SqlError> DamagedHeader(std::string why) {
  return Because(SqlError::Kind::kDamaged, std::move(why));
}

std::uint32_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (const char each : bytes.substr(at, 4)) {
    number = (number << 8U) | static_cast<unsigned char>(each);
  }
  return number;
}

bool HasApplicationId(std::string_view bytes) {
  return bytes.size() >= kHeaderSize && NumberAt(bytes, kApplicationAt) == kApplicationId;
}

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

bool HasControls(std::string_view bytes) {
  return std::ranges::any_of(bytes, [](char each) {
    return static_cast<unsigned char>(each) < ' ' && each != '\t' && each != '\n' && each != '\r';
  });
}

// Whether a page of a tree begins here ("B-tree Pages"), as where another page was written over the
// first.
bool IsTreePage(std::string_view bytes) {
  constexpr std::string_view kTypes("\x02\x05\x0a\x0d");
  return kTypes.find(bytes.front()) != std::string_view::npos;
}

// What a file that is not ours looks like, for people.
std::string_view Describe(std::string_view bytes) {
  if (bytes.starts_with(kMagic)) return "the SQLite file of another program";
  if (bytes.starts_with("\x7f"
                        "ELF"))
    return "a program";
  if (bytes.starts_with("\x1f\x8b")) return "a gzip file";
  if (HasControls(bytes)) return "a binary file of another program";
  if (bytes.starts_with("-----BEGIN ")) return "a PEM file (a key or a certificate)";
  const auto first = bytes.find_first_not_of(" \t\r\n");
  const auto rest = bytes.substr(std::min(first, bytes.size()));
  if (rest.starts_with('{') || rest.starts_with('[')) return "JSON";
  const auto line = rest.substr(0, rest.find('\n'));
  const bool is_mapping = line.ends_with(':') || line.find(": ") != std::string_view::npos;
  if (rest.starts_with("---") || rest.starts_with("- ") || is_mapping) return "YAML";
  return "text";
}

// `bytes` are the beginning of a file that does not begin as ours do. Whether it was ours.
bool WasOurs(std::string_view bytes) {
  if (!HasControls(bytes)) return false;  // a text may well speak of our tables
  if (HasApplicationId(bytes)) return true;
  const bool lost_first = IsZero(bytes.substr(0, kPage)) || IsTreePage(bytes);
  if (lost_first && bytes.find(kOurKeys) != std::string_view::npos) return true;
  return std::ranges::any_of(kOurTables, [bytes](std::string_view table) {
    return bytes.find(table) != std::string_view::npos;
  });
}

// Whether a file of `size` bytes that begins with `bytes` was ours, and what became of it.
SqlResult<void> Judge(std::string_view bytes, off_t size) {
  const bool has_magic = bytes.starts_with(kMagic);
  if (has_magic && HasApplicationId(bytes)) {
    if (const auto version = NumberAt(bytes, kVersionAt); version != kSchemaVersion) {
      return DamagedHeader(
          fmt::format("its version is {}, and this program's {}", version, kSchemaVersion));
    }
    if (size > kLargest) return DamagedHeader(fmt::format("it has more than {} bytes", kLargest));
    return {};
  }
  if (WasOurs(bytes))
    return DamagedHeader("it is damaged: its first bytes are not those of a state file");
  const auto begun = bytes.substr(0, kMagic.size());
  if (bytes.size() < kHeaderSize && kMagic.starts_with(begun))
    return DamagedHeader("it is cut off");
  return Because(SqlError::Kind::kForeign,
                 fmt::format("it is {} and no state file of this program: give another path",
                             Describe(bytes)));
}

SqlError StorageError() {
  return {.kind = SqlError::Kind::kStorage, .message = std::generic_category().message(errno)};
}

// Up to `most` bytes from where `fd` stands.
SqlResult<std::string> ReadSome(int fd, std::size_t most) {
  std::string bytes(most, '\0');
  std::size_t length = 0;
  while (length < most) {
    const ssize_t got = ::read(fd, bytes.data() + length, most - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(StorageError());
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  bytes.resize(length);
  return bytes;
}

// Whether the rest of the file has NUL bytes only.
SqlResult<bool> IsZeroToItsEnd(int fd) {
  while (true) {
    const auto bytes = ReadSome(fd, kLooked);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->empty()) return true;
    if (!IsZero(*bytes)) return false;
  }
}

SqlResult<void> Look(int fd) {
  struct stat about{};
  if (::fstat(fd, &about) != 0) return tl::unexpected(StorageError());
  const auto bytes = ReadSome(fd, kLooked);
  if (!bytes) return tl::unexpected(bytes.error());
  if (bytes->empty()) return {};
  if (IsZero(*bytes) && about.st_size <= kLargest) {
    const auto zero = IsZeroToItsEnd(fd);
    if (!zero) return tl::unexpected(zero.error());
    if (*zero) return DamagedHeader("it is zeroed: it has NUL bytes only");
  }
  return Judge(*bytes, about.st_size);
}

}  // namespace

SqlResult<void> ReadHeader(const std::string& path) {
  const support::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return tl::unexpected(StorageError());
  return Look(file.get());
}

}  // namespace ecsd::state
