#include "app/watchdog.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
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

Watchdog::Watchdog(std::stop_token stop, Limits limits, End end, SignOfLife sign)
    : stop_(std::move(stop)), limits_(limits), end_(std::move(end)), sign_(std::move(sign)) {
  thread_ = std::jthread([this](const std::stop_token& ending) { Watch(ending); });
}

Watchdog::~Watchdog() {
  thread_.request_stop();
  thread_.join();
}

void Watchdog::Expect(std::string doing, nanoseconds limit) {
  const std::scoped_lock lock(mutex_);
  doing_ = std::move(doing);
  left_ = limit;
  spent_ = {};
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
    spent_ += passed;
    if (stop_.stop_requested()) stopping += passed;
    if (spent_ < left_ && stopping < limits_.stop) {
      if (sign_) sign_();
      continue;
    }
    const auto doing = doing_;
    const auto spent = std::chrono::floor<std::chrono::seconds>(spent_);
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
