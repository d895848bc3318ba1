#include "support/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

namespace ecsd::support {
namespace {

// False where the system gives no more threads (a container's pids limit): those that there are do
// all the work.
bool TryStart(const std::function<void()>& work, std::vector<std::jthread>& threads) {
  try {
    threads.emplace_back(work);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

void ParallelFor(std::size_t count, std::size_t workers,
                 const std::function<void(std::size_t index)>& job) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto index = next++; index < count; index = next++) job(index);
  };
  const auto threads = std::min(count, std::max<std::size_t>(workers, 1));
  std::vector<std::jthread> others;
  for (std::size_t other = 1; other < threads && TryStart(work, others); ++other) {
  }
  work();
}

}  // namespace ecsd::support
