#include "sim/churn.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "sim/account.h"
#include "sim/json.h"
#include "sim/replace_all.h"
#include "support/mutex.h"

namespace ecsd::sim {
namespace {

constexpr std::size_t kIdDigits = 32;

}  // namespace

void Churn::FindTasks() {
  if (!places_.empty()) return;
  for (const auto& cluster : account_.clusters()) {
    for (const Task& task : cluster->tasks) {
      if (!task.stopped) places_.push_back({.cluster = cluster.get(), .task = task.arn});
    }
  }
}

void Churn::ReplaceOne(Place& place) {
  const auto found = place.cluster->task_by_id.find(ShortId(place.task));
  if (found == place.cluster->task_by_id.end()) return;
  Task& old = *found->second;
  const std::string& json = old.tagged_json.empty() ? old.json : old.tagged_json;
  const std::string id = dice_.Hex(kIdDigits);
  std::optional<Json> next = ParseJson(ReplaceAll(json, ShortId(old.arn), id));
  if (!next) return;
  if (Member(*next, "version") == nullptr) (*next)["version"] = 1;
  account_.StopTask(old, StopReason::kDeployment);
  place.task = TextOf(*next, "taskArn");
  Account::AddTask(*place.cluster, *std::move(next));
}

void Churn::Replace(std::size_t count) {
  const support::MutexLock lock(mutex_);
  const auto changing = account_.Changing();
  FindTasks();
  // A part of a shuffle, so that none is drawn twice.
  const std::size_t end = std::min(count, places_.size());
  for (std::size_t i = 0; i < end; ++i) {
    std::swap(places_[i], places_[i + dice_.Below(places_.size() - i)]);
    ReplaceOne(places_[i]);
  }
}

void Churn::Start(std::size_t per_second) {
  thread_ = std::jthread([this, per_second](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
      if (!stop.stop_requested()) Replace(per_second);
    }
  });
}

}  // namespace ecsd::sim
