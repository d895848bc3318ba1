#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "sim/account.h"
#include "sim/dice.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// Replaces tasks as deployments do: one stops, and another with a new id and its definition, place
// and addresses starts in its stead. Any thread may call it.
class Churn {
 public:
  // `account` must outlive this object. `seed` may be the one that the account was made of: the
  // numbers here are others, or a new task would be given the id of one that runs.
  Churn(Account& account, std::uint64_t seed) : account_(account), dice_(Dice(seed).Next()) {}

  // Replaces `count` tasks drawn from all; at most as many as there are.
  void Replace(std::size_t count) ECSD_EXCLUDES(mutex_);

  // From now on replaces `per_second` tasks every second, on a thread of its own.
  void Start(std::size_t per_second);

 private:
  struct Place {
    Cluster* cluster = nullptr;
    std::string task;  // its ARN
  };

  void FindTasks() ECSD_REQUIRES(mutex_);
  void ReplaceOne(Place& place) ECSD_REQUIRES(mutex_);

  Account& account_;
  support::Mutex mutex_;
  Dice dice_ ECSD_GUARDED_BY(mutex_);
  std::vector<Place> places_ ECSD_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace ecsd::sim
