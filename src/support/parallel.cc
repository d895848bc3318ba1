#include "support/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

namespace ecsd::support {

void ParallelFor(std::size_t count, std::size_t workers,
                 const std::function<void(std::size_t index)>& job) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto index = next++; index < count; index = next++) job(index);
  };
  const auto threads = std::min(count, std::max<std::size_t>(workers, 1));
  std::vector<std::jthread> others;
  try {
    for (std::size_t other = 1; other < threads; ++other) others.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had (a container's pids limit): those that there are do all the work.
  }
  work();
}

}  // namespace ecsd::support
