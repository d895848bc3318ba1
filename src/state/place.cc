#include "state/place.h"

#include <fmt/core.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <tl/expected.hpp>

#include "state/database.h"
#include "state/header.h"
#include "support/result.h"

namespace ecsd::state {

using support::Error;
using support::ErrorKind;
using support::Fail;
using support::Result;

Result<std::string> Locate(const std::string& path) {
  std::error_code error;
  const auto real =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (error) return Fail(ErrorKind::kConfig, error.message());
  const auto status = std::filesystem::status(real, error);
  if (std::filesystem::is_directory(status) || path.ends_with('/')) {
    return Fail(ErrorKind::kConfig, "it is a directory: give the path of a file");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Fail(ErrorKind::kConfig, "it is no regular file: give another path");
  }
  if (!std::filesystem::is_directory(real.parent_path(), error)) {
    return Fail(ErrorKind::kConfig,
                fmt::format("directory {} does not exist: create it", real.parent_path().string()));
  }
  return real.string();
}

Error AsError(const SqlError& error) {
  if (error.kind == SqlError::Kind::kInUse) {
    return {.kind = ErrorKind::kResource, .message = "another process is using it"};
  }
  const bool foreign = error.kind == SqlError::Kind::kForeign;
  return {.kind = foreign ? ErrorKind::kConfig : ErrorKind::kIo, .message = error.message};
}

Result<void> CheckNotForeign(const std::string& path) {
  const auto header = ReadHeader(path);
  if (header || header.error().kind != SqlError::Kind::kForeign) return {};
  return tl::unexpected(AsError(header.error()));
}

std::string LockPath(const std::string& path) {
  return path + ".lock";
}

}  // namespace ecsd::state
