#include "state/header.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

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

namespace ecsd::state {
namespace {

constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kVersionAt = 60;
constexpr std::size_t kApplicationAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr off_t kLargest = off_t{1} << 30;

using Header = std::array<unsigned char, kHeaderSize>;

tl::unexpected<SqlError> Because(SqlError::Kind kind, std::string why) {
  return tl::unexpected(SqlError{.kind = kind, .message = std::move(why)});
}

std::uint32_t NumberAt(const Header& header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | header.at(at + i);
  return number;
}

SqlResult<void> Judge(const Header& header, off_t size) {
  for (std::size_t i = 0; i < kMagic.size(); ++i) {
    if (header.at(i) != static_cast<unsigned char>(kMagic[i])) {
      return Because(SqlError::Kind::kDamaged, "it is no SQLite file");
    }
  }
  if (NumberAt(header, kApplicationAt) != kApplicationId) {
    return Because(SqlError::Kind::kDamaged, "it is the SQLite file of another program");
  }
  if (const auto version = NumberAt(header, kVersionAt); version != kSchemaVersion) {
    return Because(SqlError::Kind::kDamaged, fmt::format("its version is {}, and this program's {}",
                                                         version, kSchemaVersion));
  }
  if (size > kLargest) {
    return Because(SqlError::Kind::kDamaged, fmt::format("it has more than {} bytes", kLargest));
  }
  return {};
}

}  // namespace

SqlResult<void> ReadHeader(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Because(SqlError::Kind::kStorage, std::generic_category().message(errno));
  Header header{};
  struct stat about{};
  const bool known = ::fstat(fd, &about) == 0;
  const ssize_t length = ::pread(fd, header.data(), header.size(), 0);
  const int code = errno;
  ::close(fd);
  if (!known || length < 0) {
    return Because(SqlError::Kind::kStorage, std::generic_category().message(code));
  }
  if (length == 0) return {};
  if (static_cast<std::size_t>(length) < header.size()) {
    return Because(SqlError::Kind::kDamaged, "it is no SQLite file");
  }
  return Judge(header, about.st_size);
}

}  // namespace ecsd::state
