#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "discovery/moment.h"
#include "discovery/reading.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// How a cluster fared in a refresh.
struct ClusterHealth {
  std::string arn;
  bool had_tasks = false;               // something of it was known, and is kept
  bool was_good = true;                 // in the refresh before this one
  bool had_turn = true;                 // see ClusterReading
  bool gone = false;                    // it is no more, and nothing of it is known any more
  std::optional<support::Error> error;  // why it could not be read as a whole; nothing: it was
  NewDoubts doubts;                     // known tasks that this reading contradicts
};

// A cluster in numbers.
struct ClusterSummary {
  std::string arn;
  std::optional<support::SystemTime> last_good;    // when it was last read as a whole
  std::optional<support::SystemTime> stale_since;  // nothing: the last reading was whole
  std::optional<support::Error> error;             // of the last reading
  bool outside = false;                            // see Fleet
  std::size_t tasks = 0;
  std::size_t targets = 0;
  core::ReasonCounts skipped{};
};

// Every known task at one moment. Immutable; any thread may read.
class FleetSnapshot {
 public:
  struct Cluster {
    std::string arn;
    std::optional<support::SystemTime> last_good;  // when it was last read as a whole
    bool outside = false;                          // see Fleet
    std::vector<TrackedTask> tasks;                // sorted by ARN
  };

  FleetSnapshot(std::vector<Cluster> clusters, Moment taken)
      : clusters_(std::move(clusters)), taken_(taken) {}

  // Sorted by ARN.
  [[nodiscard]] const std::vector<Cluster>& clusters() const { return clusters_; }
  // `tracked` of this snapshot, in the cluster of that ARN, as plain data.
  [[nodiscard]] TaskOutcome RecordOf(const TrackedTask& tracked, std::string_view cluster) const;

 private:
  std::vector<Cluster> clusters_;
  Moment taken_;
};

// The last good state of every cluster and task that is known. Failures never take anything away:
// what could not be read stays as it was. Clusters that the selection does not have and that nobody
// here can ask about (another region or account, no ARN) are kept apart, as `outside`, until
// DropOutside. No calls are made here. Used by one thread.
class Fleet {
 public:
  // `one_shot`: there will be one Update only.
  explicit Fleet(bool one_shot = false) : one_shot_(one_shot) {}

  // `targets` are those of our own output file, written at `written` or before `now`: the last good
  // state of what has not been read yet.
  // Of what Restore brought nothing is taken away, for it is not known which of the two is newer:
  // tasks that only the file has are added, and where it has other targets for a task than the
  // state, those of the file stand until the task is described again.
  void Seed(std::span<const core::Target> targets, Moment now,
            std::optional<support::SystemTime> written = std::nullopt);
  // The same from a state file, with all that is known of the tasks.
  void Restore(const KnownState& state, Moment now);

  // The clusters that are known, less those outside, sorted.
  [[nodiscard]] std::vector<std::string> ClusterArns() const;
  // All of them, sorted.
  [[nodiscard]] std::vector<std::string> AllClusterArns() const;
  // The known tasks of a cluster, sorted by ARN. Good until the next change.
  [[nodiscard]] std::span<const TrackedTask> TasksOf(const std::string& cluster) const;
  // Whether this process (or the one whose state was restored) has read the cluster as a whole.
  [[nodiscard]] bool WasRead(const std::string& cluster) const;

  // Sorts clusters by when they were last read to their end (ClusterReading::had_turn): those that
  // never were come first, then those for which it is longest ago.
  void SortByTurn(std::vector<std::string>& clusters) const;

  // Takes in one refresh.
  std::vector<ClusterHealth> Update(AccountReading reading, Moment now);

  // True from the first Update on after which every cluster that there was had been read as a whole
  // at some time. A cluster that comes later holds up nobody.
  [[nodiscard]] bool every_cluster_was_read() const { return every_cluster_was_read_; }
  // True when some cluster was, or was listed and described at least, so that its other targets can
  // be served though something that a task refers to (a definition, an instance) is unreadable.
  [[nodiscard]] bool some_cluster_was_read() const { return some_cluster_was_read_; }

  // How many targets are outside the selection, and what they belong to, for people.
  [[nodiscard]] std::size_t OutsideTargets() const;
  [[nodiscard]] std::vector<std::string> OutsideArns() const;
  void DropOutside();

  // Grows whenever a target comes, goes or changes.
  [[nodiscard]] std::size_t targets_version() const { return targets_version_; }
  [[nodiscard]] std::size_t task_count() const;
  [[nodiscard]] std::size_t target_count() const;
  // Calls `each` with every target in the order of the file, until it returns false. Whether it
  // never did. The target is good for the call only.
  bool ForEachTarget(const std::function<bool(const core::Target&)>& each) const;
  // How many containers are no targets, by reason.
  [[nodiscard]] core::ReasonCounts Reasons() const;
  [[nodiscard]] std::vector<ClusterSummary> Summary() const;
  [[nodiscard]] std::shared_ptr<const FleetSnapshot> Snapshot(Moment now) const;
  // Puts clusters and tasks into `state`.
  void Save(KnownState& state, Moment now) const;

  // The values that the tasks share; for making tasks.
  [[nodiscard]] SharedValues& shared() { return shared_; }

 private:
  struct Cluster {
    std::optional<support::SystemTime> last_good;
    std::optional<support::SystemTime> stale_since;
    std::optional<support::Error> error;
    std::optional<support::SteadyTime> turn;  // when it was last read to its end
    bool outside = false;
    support::SteadyTime seeded = support::SteadyTime::min();  // the time of the file it came from
    std::vector<TrackedTask> tasks;                           // sorted by ARN
  };

  void MarkOutside(const std::vector<std::string>& arns);
  void Drop(const std::string& arn);
  ClusterHealth UpdateCluster(ClusterReading reading, Moment now);
  static void MarkStale(const support::Error& error, Moment now, Cluster& cluster);

  const bool one_shot_;
  SharedValues shared_;
  std::map<std::string, Cluster, std::less<>> clusters_;  // by ARN
  bool every_cluster_was_read_ = false;
  bool some_cluster_was_read_ = false;
  std::size_t targets_version_ = 0;
};

}  // namespace ecsd::discovery
