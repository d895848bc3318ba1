#pragma once

#include <cstdint>
#include <string>

namespace ecsd::server {

// What the kernel says of this process (proc(5)), in the units of Prometheus' process_* metrics.
struct ProcessFigures {
  double cpu_seconds = 0;
  double start_seconds = 0;  // since the epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
  std::uint64_t threads = 0;
};

// What cannot be read stays 0. `proc` is where the kernel's files are.
[[nodiscard]] ProcessFigures ReadProcess(const std::string& proc = "/proc");

}  // namespace ecsd::server
