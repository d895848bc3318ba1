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

#include "core/derive.h"
#include "core/reason.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
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

// The last good state of every cluster and task that is known. Failures never take anything away:
// what could not be read stays as it was. Clusters that the selection does not have and that nobody
// here can ask about (another region or account, no ARN) are kept apart, as `outside`, until
// DropOutside. Facts are kept, and targets derived of them by the selection. No calls are made
// here. Used by one thread.
class Fleet {
 public:
  // `one_shot`: there will be one Update only. `selection` is not null.
  explicit Fleet(
      std::shared_ptr<const core::Selection> selection = std::make_shared<core::Selection>(),
      bool one_shot = false)
      : one_shot_(one_shot), selection_(std::move(selection)) {}

  // Derives everything anew, by other rules. No call is needed for that.
  void Select(std::shared_ptr<const core::Selection> selection);

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
  // The known tasks of a cluster, sorted by ARN. Good until it changes.
  [[nodiscard]] std::span<const TrackedTask> TasksOf(const std::string& cluster) const {
    return *SharedTasksOf(cluster);
  }
  // The same for as long as they are held. Not null.
  [[nodiscard]] SharedTasks SharedTasksOf(const std::string& cluster) const;
  // Whether this process (or the one whose state was restored) has read the cluster as a whole.
  [[nodiscard]] bool WasRead(const std::string& cluster) const;

  // Sorts clusters by when they were last read to their end (ClusterReading::had_turn): those that
  // never were come first, then those for which it is longest ago.
  void SortByTurn(std::vector<std::string>& clusters) const;

  // Takes in what was read of a cluster while the refresh goes on: what `reading` describes and
  // misses is moved out of it. What more is read of the cluster is for Update. Requires: it was
  // listed as a whole, without an error, and `reading.seen` is about the tasks that are known now.
  void Take(ClusterReading& reading, Moment now);

  // Takes in one refresh, or what is left of it.
  std::vector<ClusterHealth> Update(AccountReading reading, Moment now);

  // Definitions that readings since the last call made doubtful (MergedTasks). Forgotten by this
  // call.
  [[nodiscard]] std::vector<std::string> TakeDoubtfulDefinitions() {
    return std::exchange(doubtful_definitions_, {});
  }

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
  [[nodiscard]] std::shared_ptr<const FleetSnapshot> Snapshot(Moment now) const;
  // Puts clusters and tasks into `state`.
  void Save(KnownState& state, Moment now) const;

  // The texts that tasks share; for making their facts.
  [[nodiscard]] core::SharedTexts& texts() { return texts_; }

 private:
  // What readings of a cluster have told in a refresh that is not over.
  struct Course {
    NewDoubts doubts;
    std::optional<std::string> contradiction;
    bool taken = false;      // something of it by Take
    bool described = false;  // see WasDescribed
  };

  struct Cluster {
    std::optional<support::SystemTime> last_good;
    std::optional<support::SystemTime> stale_since;
    std::optional<support::Error> error;
    std::optional<support::SteadyTime> turn;  // when it was last read to its end
    bool outside = false;
    support::SteadyTime seeded = support::SteadyTime::min();  // the time of the file it came from
    SharedTasks tasks = std::make_shared<const Tasks>();      // sorted by ARN
    core::Tally tally;                                        // of `tasks`
    Course course;                                            // of this refresh
  };

  void MarkOutside(const std::vector<std::string>& arns);
  void Drop(const std::string& arn);
  [[nodiscard]] Tasks WithSeeded(Tasks known, Tasks seeded) const;
  void SetTasks(Tasks tasks, Cluster& cluster);
  void Merge(ClusterReading reading, Moment now, Cluster& cluster);
  ClusterHealth UpdateCluster(ClusterReading reading, Moment now);
  static void MarkStale(const support::Error& error, Moment now, Cluster& cluster);

  const bool one_shot_;
  std::shared_ptr<const core::Selection> selection_;
  core::SharedTexts texts_;
  std::map<std::string, Cluster, std::less<>> clusters_;  // by ARN
  std::vector<std::string> doubtful_definitions_;
  bool every_cluster_was_read_ = false;
  bool some_cluster_was_read_ = false;
  std::size_t targets_version_ = 0;
};

}  // namespace ecsd::discovery
