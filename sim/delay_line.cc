#include "sim/delay_line.h"

#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>

namespace ecsd::sim {

DelayLine::DelayLine() : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

DelayLine::~DelayLine() {
  Close();
}

bool DelayLine::Hold(Clock::time_point due, const std::function<void()>& before,
                     std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  before();
  held_.emplace(due, std::move(wake));
  changed_.notify_one();
  return true;
}

void DelayLine::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& [due, wake] : held_) wake();
  held_.clear();
}

void DelayLine::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (held_.empty() || held_.begin()->first == kNever) {
      changed_.wait(lock, stop, [&] { return !held_.empty() && held_.begin()->first != kNever; });
      continue;
    }
    const auto first = held_.begin();
    if (first->first <= Clock::now()) {
      first->second();
      held_.erase(first);
      continue;
    }
    const auto due = first->first;
    changed_.wait_until(lock, stop, due,
                        [&] { return held_.empty() || held_.begin()->first < due; });
  }
}

}  // namespace ecsd::sim
