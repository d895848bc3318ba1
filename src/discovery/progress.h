#pragma once

#include <cstddef>
#include <functional>

namespace ecsd::discovery {

// How far a refresh is.
struct Progress {
  std::size_t done = 0;      // clusters that were read
  std::size_t clusters = 0;  // that are to be read
  std::size_t tasks = 0;     // that were described
};

// Is shown how far a refresh is, after each call, by the thread that refreshes.
using ObserveProgress = std::function<void(const Progress&)>;

}  // namespace ecsd::discovery
