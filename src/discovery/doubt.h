#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>

#include "support/clock.h"

namespace ecsd::discovery {

// The version of a task whose description had none.
inline constexpr std::int64_t kNoVersion = std::numeric_limits<std::int64_t>::min();

// Why what a reading says of a known task is not believed yet.
enum class DoubtKind : std::uint8_t {
  kMissing,  // DescribeTasks calls it MISSING, though ECS describes stopped tasks for an hour
  kStale,    // its description has a lower version than the one before
  kLess,     // at the same version it runs, but has lost addresses, bindings or containers
};

// A known task keeps its last known good facts while readings of one kind contradict them; it is
// described in every refresh then. Immutable.
struct Doubt {
  DoubtKind kind = DoubtKind::kMissing;
  support::SteadyTime since;          // the first reading of this kind
  std::int64_t version = kNoVersion;  // the highest that such readings had; of kStale
  friend bool operator==(const Doubt&, const Doubt&) = default;
};

// Readings that agree for this long are believed.
inline constexpr std::chrono::minutes kDoubtTime{2};

// For this long after it stopped, ECS describes a task (Amazon ECS API Reference, DescribeTasks).
inline constexpr std::chrono::hours kStoppedTasksAreDescribed{1};

// The doubt about a task after one more reading of `kind` at `now`; null when that is believed. A
// reading agrees with those before when it is of the same kind and, of kStale, its version is not
// lower still. Invariant: nothing is believed on the word of one reading.
[[nodiscard]] std::shared_ptr<const Doubt> AfterReading(const std::shared_ptr<const Doubt>& before,
                                                        DoubtKind kind, std::int64_t version,
                                                        support::SteadyTime now);

}  // namespace ecsd::discovery
