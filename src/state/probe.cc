#include "state/probe.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "state/contents.h"
#include "state/database.h"
#include "state/header.h"
#include "state/identity.h"
#include "state/lock_file.h"
#include "state/place.h"
#include "support/result.h"

namespace ecsd::state {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Fails where this process may not do `what` (of access(2)) with `path`; a missing file is good.
Result<void> CheckAccess(const std::string& path, int what) {
  if (::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0 || errno == ENOENT) return {};
  return Fail(ErrorKind::kIo, fmt::format("{}: {}", path, std::generic_category().message(errno)));
}

// Zero where there is none.
off_t SizeOf(const std::string& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 ? about.st_size : 0;
}

SqlResult<StateProbe> Read(const std::string& path, const Identity& identity) {
  if (SizeOf(path + "-journal") > 0)
    return StateProbe{.kind = StateProbe::Kind::kUnfinished, .path = path, .why = {}};
  if (const auto header = ReadHeader(path); !header) return tl::unexpected(header.error());
  const auto database = Database::OpenAsItIs(path);
  if (!database) return tl::unexpected(database.error());
  if (auto checked = CheckContents(*database, identity); !checked)
    return tl::unexpected(std::move(checked).error());
  const auto known = LoadRecords(*database);
  if (!known) return tl::unexpected(known.error());
  return StateProbe{
      .kind = StateProbe::Kind::kGood, .path = path, .why = {}, .tasks = known->tasks.size()};
}

}  // namespace

Result<StateProbe> ProbeStateFile(const std::string& path, const Identity& identity) {
  const auto real = Locate(path);
  if (!real) return tl::unexpected(real.error());
  if (auto ours = CheckNotForeign(*real); !ours) return tl::unexpected(std::move(ours).error());
  if (auto free = LockFile::Probe(LockPath(*real)); !free) return tl::unexpected(free.error());
  const auto directory = std::filesystem::path(*real).parent_path().string();
  // For the lock file, the journal and a name to set aside under.
  if (auto may = CheckAccess(directory, W_OK | X_OK); !may) return tl::unexpected(may.error());
  if (auto may = CheckAccess(*real, R_OK | W_OK); !may) return tl::unexpected(may.error());
  if (SizeOf(*real) == 0) return StateProbe{.path = *real, .why = {}};
  auto read = Read(*real, identity);
  // Whoever began to use it meanwhile may have been writing.
  if (auto free = LockFile::Probe(LockPath(*real)); !free) return tl::unexpected(free.error());
  if (read) return *std::move(read);
  if (read.error().kind != SqlError::Kind::kDamaged) return tl::unexpected(AsError(read.error()));
  return StateProbe{
      .kind = StateProbe::Kind::kSetAside, .path = *real, .why = std::move(read).error().message};
}

std::optional<pid_t> UserOfStateFile(const std::string& path) {
  const auto real = Locate(path);
  return real ? LockFile::HolderOf(LockPath(*real)) : std::nullopt;
}

}  // namespace ecsd::state
