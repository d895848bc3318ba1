#include "state/fleet_changes.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/doubt.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
#include "discovery/tracked_task.h"
#include "state/record_codec.h"
#include "state/state_file.h"
#include "support/clock.h"

namespace ecsd::state {
namespace {

using discovery::Doubt;
using discovery::FleetSnapshot;
using discovery::TrackedTask;

constexpr std::chrono::minutes kGrain{10};

using Tasks = std::span<const TrackedTask>;

bool IsSame(const std::shared_ptr<const Doubt>& before, const std::shared_ptr<const Doubt>& after) {
  return before == after || (before && after && *before == *after);
}

bool IsSame(const TrackedTask& before, const TrackedTask& after) {
  return before.facts == after.facts && before.settlement == after.settlement &&
         before.restartable == after.restartable && IsSame(before.doubt, after.doubt);
}

bool IsSame(const std::optional<support::SystemTime>& before,
            const std::optional<support::SystemTime>& after) {
  if (!before || !after) return before == after;
  return before->time_since_epoch() / kGrain == after->time_since_epoch() / kGrain;
}

class Comparison {
 public:
  explicit Comparison(const FleetSnapshot& after) : after_(after) {}

  // Both are sorted.
  void Compare(Tasks before, Tasks after, std::string_view cluster) {
    std::size_t old = 0;
    for (const auto& tracked : after) {
      const auto arn = tracked.arn();
      while (old < before.size() && before[old].arn() < arn) Drop(before[old++]);
      const bool known = old < before.size() && before[old].arn() == arn;
      if (!known || !IsSame(before[old], tracked)) Set(tracked, cluster);
      if (known) ++old;
    }
    while (old < before.size()) Drop(before[old++]);
  }

  void Compare(const std::string& cluster, const std::optional<support::SystemTime>& before,
               const std::optional<support::SystemTime>& after) {
    if (IsSame(before, after)) return;
    std::optional<std::string> bytes;
    if (after) bytes = Encode(discovery::ClusterMemory{.arn = cluster, .last_good = *after});
    Put(RecordKind::kCluster, cluster, std::move(bytes));
  }

  // A task that moved from one cluster to another is dropped by one and set by the other.
  std::vector<Change> Take() {
    for (auto& change : set_) dropped_.push_back(std::move(change));
    return std::move(dropped_);
  }

 private:
  void Drop(const TrackedTask& tracked) {
    Put(RecordKind::kTask, std::string(tracked.arn()), std::nullopt);
  }
  void Set(const TrackedTask& tracked, std::string_view cluster) {
    auto bytes = Encode(after_.StoredOf(tracked, cluster));
    Put(RecordKind::kTask, std::string(tracked.arn()), std::move(bytes));
  }
  // What has no key could not be read again.
  void Put(RecordKind kind, std::string key, std::optional<std::string> bytes) {
    if (key.empty()) return;
    auto& list = bytes ? set_ : dropped_;
    list.push_back({.kind = kind, .key = std::move(key), .bytes = std::move(bytes)});
  }

  const FleetSnapshot& after_;
  std::vector<Change> dropped_;
  std::vector<Change> set_;
};

}  // namespace

std::vector<Change> ChangesBetween(const FleetSnapshot& before, const FleetSnapshot& after) {
  Comparison comparison(after);
  const discovery::ClusterState nothing;
  const auto compare = [&](const auto& old, const auto& now, const std::string& arn) {
    comparison.Compare(*old.tasks, *now.tasks, arn);
    comparison.Compare(arn, old.last_good, now.last_good);
  };
  // Both are sorted.
  auto old = before.clusters().begin();
  for (const auto& now : after.clusters()) {
    for (; old != before.clusters().end() && old->arn < now.arn; ++old)
      compare(*old, nothing, old->arn);
    const bool known = old != before.clusters().end() && old->arn == now.arn;
    compare(known && !old->outside ? *old : nothing, now.outside ? nothing : now, now.arn);
    if (known) ++old;
  }
  for (; old != before.clusters().end(); ++old) compare(*old, nothing, old->arn);
  return comparison.Take();
}

}  // namespace ecsd::state
