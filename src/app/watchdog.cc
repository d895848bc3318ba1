#include "app/watchdog.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/exit_status.h"
#include "telemetry/line_writer.h"
#include "telemetry/log.h"
#include "telemetry/log_format.h"

namespace ecsd::app {
namespace {

using std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;

}  // namespace

Watchdog::Watchdog(std::stop_token stop, Limits limits, OnStuck end, SignOfLife sign)
    : stop_(std::move(stop)), limits_(limits), end_(std::move(end)), sign_(std::move(sign)) {
  thread_ = std::jthread([this](const std::stop_token& ending) { Watch(ending); });
}

Watchdog::~Watchdog() {
  thread_.request_stop();
  thread_.join();
}

void Watchdog::Expect(std::string doing, nanoseconds limit) {
  const std::scoped_lock lock(mutex_);
  main_ = {.doing = std::move(doing), .left = limit};
}

Watchdog::Work Watchdog::Begin(std::string doing, nanoseconds limit) {
  const std::scoped_lock lock(mutex_);
  const auto number = next_++;
  others_.emplace(number, Task{.doing = std::move(doing), .left = limit});
  return {*this, number};
}

void Watchdog::End(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  others_.erase(number);
}

const Watchdog::Task* Watchdog::FindStuck(nanoseconds passed, bool must_stop) {
  const Task* stuck = nullptr;
  const auto look = [&](Task& task) {
    task.spent += passed;
    if (stuck == nullptr && task.spent >= task.left) stuck = &task;
  };
  for (auto& [number, task] : others_) look(task);
  look(main_);
  if (stuck != nullptr || !must_stop) return stuck;
  return others_.empty() ? &main_ : &others_.begin()->second;
}

void Watchdog::Watch(const std::stop_token& ending) {
  nanoseconds stopping{};
  auto before = SteadyClock::now();
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, ending, limits_.tick, [] { return false; });
    if (ending.stop_requested()) return;
    const auto now = SteadyClock::now();
    // More than that is time in which nobody ran.
    const auto passed = std::min<nanoseconds>(now - before, 2 * limits_.tick);
    before = now;
    if (stop_.stop_requested()) stopping += passed;
    const auto* const stuck = FindStuck(passed, stopping >= limits_.stop);
    if (stuck == nullptr) {
      if (sign_) sign_();
      continue;
    }
    const auto doing = stuck->doing;
    const auto spent = std::chrono::floor<std::chrono::seconds>(stuck->spent);
    lock.unlock();
    end_(doing, spent);
    return;
  }
}

void EndStuckProcess(const std::string& doing, std::chrono::seconds seconds,
                     telemetry::LogFormat format) {
  const std::vector<telemetry::Field> fields = {{.key = "doing", .value = doing},
                                                {.key = "seconds", .value = seconds.count()}};
  // Not through the log, whose lock a stuck thread may hold.
  telemetry::LineWriter(STDERR_FILENO)
      .Write(telemetry::RenderLine(std::chrono::system_clock::now(), telemetry::LogLevel::kError,
                                   format, "stuck, so the process is ended", fields) +
             '\n');
  ::_exit(kExitStuck);
}

}  // namespace ecsd::app
