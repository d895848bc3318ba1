#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/faults.h"
#include "sim/http_front.h"
#include "sim/load_account.h"
#include "sim/paging.h"
#include "sim/sigv4_verifier.h"
#include "support/result.h"

namespace ecsd::sim {

struct Flags {
  ListenAddress listen;
  AccountIdentity identity;  // empty members: the account file's, else the defaults
  std::string account_path;
  std::uint64_t seed = 1;
  std::size_t clusters = 1;
  std::size_t tasks = 0;
  std::size_t external = 0;
  bool exporters = false;
  std::vector<AccessKey> credentials;  // without principals
  PagingRules paging;
  std::chrono::milliseconds latency{0};
  std::optional<std::chrono::seconds> session_lifetime;
  std::vector<Fault> faults;
  bool help = false;
};

// Reads the command line without the program's name. Fails with kConfig and one line that names the
// flag; without --account and --seed there is no account and that is an error too.
[[nodiscard]] support::Result<Flags> ParseFlags(const std::vector<std::string>& arguments);

// What --help prints.
[[nodiscard]] std::string Usage();

}  // namespace ecsd::sim
