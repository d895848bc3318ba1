#include "discovery/call_queue.h"

#include <cstddef>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

namespace ecsd::discovery {

CallQueue::~CallQueue() {
  {
    const std::scoped_lock lock(mutex_);
    first_.clear();
    normal_.clear();
  }
  for (auto& thread : threads_) thread.request_stop();
}

void CallQueue::Submit(Urgency urgency, Call call) {
  ++unfinished_;
  bool all_busy = false;
  {
    const std::scoped_lock lock(mutex_);
    (urgency == Urgency::kFirst ? first_ : normal_).push_back(std::move(call));
    all_busy = waiting_ < first_.size() + normal_.size();
  }
  if (all_busy && threads_.size() < most_) StartThread();
  work_.notify_one();
}

void CallQueue::StartThread() {
  try {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  } catch (const std::system_error&) {
    // A limit on threads (a container's pids): those that there are do the work, or RunOne does.
    return;
  }
}

CallQueue::Call CallQueue::TakeWork() {
  auto& queue = first_.empty() ? normal_ : first_;
  auto call = std::move(queue.front());
  queue.pop_front();
  return call;
}

void CallQueue::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++waiting_;
    const bool found = work_.wait(lock, stop, [this] { return HasWork(); });
    --waiting_;
    if (!found || stop.stop_requested()) return;
    const auto call = TakeWork();
    lock.unlock();
    auto done = call();
    lock.lock();
    done_.push_back(std::move(done));
    ended_.notify_one();
  }
}

bool CallQueue::RunOne() {
  if (unfinished_ == 0) return false;
  Done done;
  {
    std::unique_lock lock(mutex_);
    if (threads_.empty() && done_.empty()) {
      const auto call = TakeWork();
      lock.unlock();
      done = call();
    } else {
      ended_.wait(lock, [this] { return !done_.empty(); });
      done = std::move(done_.front());
      done_.pop_front();
    }
  }
  --unfinished_;
  done();
  return true;
}

}  // namespace ecsd::discovery
