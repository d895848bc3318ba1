#pragma once

#include <cstddef>
#include <functional>

namespace ecsd::support {

// Calls `job(index)` for every index in [0, count), at most `workers` at a time, and returns when
// all have ended. `job` must be safe to call from several threads and must not throw. The calling
// thread takes part, so one job or one worker starts no thread, and
// where no thread can be started it does all the work.
void ParallelFor(std::size_t count, std::size_t workers,
                 const std::function<void(std::size_t index)>& job);

}  // namespace ecsd::support
