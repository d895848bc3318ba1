#include "discovery/call_queue.h"

#include <cstddef>
#include <deque>
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
    awaited_.clear();
  }
  for (auto& thread : threads_) thread.request_stop();
}

void CallQueue::Submit(Urgency urgency, Call call) {
  ++unfinished_;
  bool all_busy = false;
  {
    const std::scoped_lock lock(mutex_);
    QueueOf(urgency).push_back(std::move(call));
    all_busy = waiting_ < QueuedCount();
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

std::deque<CallQueue::Call>& CallQueue::QueueOf(Urgency urgency) {
  if (urgency == Urgency::kFirst) return first_;
  return urgency == Urgency::kNormal ? normal_ : awaited_;
}

Urgency CallQueue::NextUrgency() const {
  const bool has_others = !normal_.empty() || !awaited_.empty();
  if (!first_.empty() && !(others_turn_ && has_others)) return Urgency::kFirst;
  const bool has_room = awaited_running_ < (most_ + 1) / 2 || normal_.empty();
  return !awaited_.empty() && has_room ? Urgency::kAwaited : Urgency::kNormal;
}

CallQueue::Call CallQueue::TakeWork(Urgency urgency) {
  auto& queue = QueueOf(urgency);
  auto call = std::move(queue.front());
  queue.pop_front();
  others_turn_ = urgency == Urgency::kFirst;
  return call;
}

void CallQueue::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++waiting_;
    const bool found = work_.wait(lock, stop, [this] { return QueuedCount() > 0; });
    --waiting_;
    if (!found || stop.stop_requested()) return;
    const auto urgency = NextUrgency();
    const auto call = TakeWork(urgency);
    const std::size_t awaited = urgency == Urgency::kAwaited ? 1 : 0;
    awaited_running_ += awaited;
    lock.unlock();
    auto done = call();
    lock.lock();
    awaited_running_ -= awaited;
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
      const auto call = TakeWork(NextUrgency());
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
