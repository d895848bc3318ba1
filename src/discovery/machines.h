#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/clock.h"

namespace ecsd::discovery {

// How fresh what is known has to be, at the start of a refresh.
struct Freshness {
  support::SteadyTime now;
  support::SystemTime system;
  // How old an address that may change can get, and the time between two refreshes.
  std::chrono::nanoseconds within = std::chrono::minutes(10);
  std::chrono::nanoseconds interval = std::chrono::minutes(1);
};

// When the address of each machine of ECS Anywhere was read. Other than an EC2 instance, such a
// machine may get another address at any time, so each is asked for again in time. Used by one
// thread.
class Machines {
 public:
  void BeginRefresh(const Freshness& freshness);

  // Notes that the address of `id` was read in this refresh.
  void Read(const std::string& id) {
    machines_[id] = {.read = freshness_.now, .used = freshness_.now};
  }
  // Notes that an earlier process read it at `read`; nothing: not known, so that it is not trusted.
  void Restore(const std::string& id, std::optional<support::SystemTime> read) {
    restored_[id] = read;
  }
  // Notes that what was read is not to be trusted any more.
  void Distrust(const std::string& id) { machines_[id].read = support::SteadyTime::min(); }
  // Notes that a running task is on it.
  void Use(const std::string& id);

  // Whether the address of `id` was read recently enough.
  [[nodiscard]] bool IsFresh(const std::string& id) const;
  // Whether a task was seen on it for as long as a task may go without a description.
  [[nodiscard]] bool IsUsed(const std::string& id) const;
  // The machines to ask for in this refresh: those that would be too old at the next one, and the
  // oldest share of all, so that they are asked for in equal parts.
  [[nodiscard]] std::vector<std::string> Due() const;

 private:
  struct Machine {
    support::SteadyTime read = support::SteadyTime::min();
    support::SteadyTime used = support::SteadyTime::min();
  };

  [[nodiscard]] bool IsUsed(const Machine& machine) const;

  Freshness freshness_;
  std::unordered_map<std::string, Machine> machines_;
  std::unordered_map<std::string, std::optional<support::SystemTime>> restored_;
};

}  // namespace ecsd::discovery
