#pragma once

#include <chrono>
#include <cstddef>

#include "support/result.h"

namespace ecsd::discovery {

// How a refresh goes through the clusters when there may be more of them than it has time for. AWS'
// limits are what makes a refresh long, and calls wait for their turn in the order in which they
// were submitted; so few clusters at a time are read to their end, and many are only begun.
struct Pace {
  // How many clusters are read at a time at first; one more for each that is done.
  std::size_t clusters = 16;
  // The last refresh was too short: a cluster gets all that it needs (instances, its part of the
  // rolling share) before others are begun, at the price of a few calls that are not full.
  bool hurried = false;
};

// How far a refresh came.
struct Course {
  bool ran_out = false;         // the deadline came before everything was read
  std::size_t done = 0;         // clusters that were read to their end, well or not
  std::size_t not_reached = 0;  // clusters that were not begun
};

// No timeout of a call itself is so short; the limiter refuses at once a call whose turn comes
// after the deadline.
inline constexpr std::chrono::milliseconds kAtOnce{100};

// Whether a call failed since AWS' limits left it no time, rather than for a fault of its own.
[[nodiscard]] inline bool IsForWantOfTime(const support::Error& error) {
  return error.kind == support::ErrorKind::kTimeout || error.kind == support::ErrorKind::kThrottled;
}

// The pace of the refresh after one that came so far.
[[nodiscard]] Pace NextPace(const Course& course);

}  // namespace ecsd::discovery
