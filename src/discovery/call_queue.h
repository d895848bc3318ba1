#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace ecsd::discovery {

enum class Urgency : std::uint8_t {
  // Few, and others cannot start before it has ended: the next page of a listing, instances. Made
  // in turn with all others while there are such, for what is listed must be described too.
  kFirst,
  kNormal,
  // What others that have ended wait for, in memory. Made before normal ones, but by no more than
  // half of the threads while there are such, for they may have to wait for AWS' limits.
  kAwaited,
};

// Makes calls on a few threads and brings their results back to one: everything but the calls
// themselves runs on the owner's thread, so that what the calls are about needs no lock. One thread
// owns it. Threads are started as they are needed; where the system gives none, the owner makes the
// calls.
class CallQueue {
 public:
  // Takes the result in; runs on the owner's thread, in RunOne.
  using Done = std::function<void()>;
  // Makes one call; runs on some thread. Must not throw.
  using Call = std::function<Done()>;

  // At most `calls_in_flight` run at a time.
  explicit CallQueue(std::size_t calls_in_flight) : most_(calls_in_flight) {}
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;
  // Waits for the calls that have begun.
  ~CallQueue();

  void Submit(Urgency urgency, Call call);

  // Waits for the next call to end and takes its result in; false when there is none to wait for.
  bool RunOne();

 private:
  void Work(const std::stop_token& stop);
  void StartThread();
  // What is queued with one urgency; all but Submit and RunOne expect mutex_ to be held.
  [[nodiscard]] std::deque<Call>& QueueOf(Urgency urgency);
  [[nodiscard]] std::size_t QueuedCount() const {
    return first_.size() + normal_.size() + awaited_.size();
  }
  [[nodiscard]] Urgency NextUrgency() const;
  [[nodiscard]] Call TakeWork(Urgency urgency);

  const std::size_t most_;
  std::size_t unfinished_ = 0;  // submitted and not taken in; the owner's
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable_any ended_;
  std::deque<Call> first_;           // guarded by mutex_
  std::deque<Call> normal_;          // guarded by mutex_
  std::deque<Call> awaited_;         // guarded by mutex_
  std::deque<Done> done_;            // guarded by mutex_
  std::size_t awaited_running_ = 0;  // guarded by mutex_
  bool others_turn_ = false;         // the last call taken was of kFirst; guarded by mutex_
  std::size_t waiting_ = 0;          // threads without work; guarded by mutex_
  std::vector<std::jthread> threads_;
};

}  // namespace ecsd::discovery
