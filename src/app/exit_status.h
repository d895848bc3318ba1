#pragma once

#include "support/result.h"

namespace ecsd::app {

// The program's exit statuses, for what starts it again.
inline constexpr int kExitGood = 0;
inline constexpr int kExitFailed = 1;    // a counted run's last refresh or write, or a command
inline constexpr int kExitConfig = 2;    // a restart cannot cure it: flags, paths, region, ...
inline constexpr int kExitStuck = 3;     // the watchdog ended the process
inline constexpr int kExitResource = 4;  // the next start may get it: an address, memory

// For an error that keeps the program from starting.
[[nodiscard]] constexpr int StartStatusOf(support::ErrorKind kind) {
  return kind == support::ErrorKind::kResource ? kExitResource : kExitConfig;
}

}  // namespace ecsd::app
