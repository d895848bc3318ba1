#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/bearer_tokens.h"
#include "sim/faults.h"
#include "sim/http_front.h"
#include "sim/load_account.h"
#include "sim/paging.h"
#include "sim/sigv4_verifier.h"
#include "sim/sts_api.h"
#include "support/result.h"

namespace ecsd::sim {

struct Flags {
  ListenAddress listen;
  std::vector<ListenAddress> plain_listen;  // HTTP beside the first, whatever that speaks
  std::string tls_certificate;              // paths of PEM files; empty: HTTP
  std::string tls_key;
  std::string tls_priorities = "NORMAL";
  AccountIdentity identity;  // empty members: the account file's, else the defaults
  std::string account_path;
  std::uint64_t seed = 1;
  std::size_t clusters = 1;
  std::size_t tasks = 0;
  std::size_t external = 0;
  std::size_t services = 0;  // in all clusters together; 0: one for 20 tasks
  bool port_ranges = true;
  bool exporters = false;
  std::size_t churn = 0;  // tasks a second
  std::chrono::milliseconds stopped_lifetime = std::chrono::hours(1);
  bool published_limits = false;
  std::size_t limits_percent = 100;  // of the published limits
  bool gzip = false;
  std::vector<AccessKey> credentials;  // without principals
  PagingRules paging;
  std::chrono::milliseconds latency{0};
  std::optional<std::chrono::seconds> session_lifetime;
  ExternalIds external_ids;
  std::vector<std::string> tokens;  // KIND=TOKEN, checked
  std::vector<Fault> faults;
  bool help = false;
};

// Reads the command line without the program's name. Fails with kConfig and one line that names the
// flag; without --account and --seed there is no account and that is an error too.
[[nodiscard]] support::Result<Flags> ParseFlags(const std::vector<std::string>& arguments);

// What --help prints.
[[nodiscard]] std::string Usage();

}  // namespace ecsd::sim
