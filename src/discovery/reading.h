#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "discovery/describe_plan.h"
#include "discovery/doubt.h"
#include "discovery/pace.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// A task as this refresh found it.
struct DescribedTask {
  // With settlement kUnread something that the task refers to could not be read, so that its
  // outcomes say less than is perhaps known.
  TrackedTask tracked;
  bool ended = false;  // it is not to run any more, or has ended
  // Its definition has no reason any more for a container to be a target, which it was: the content
  // of a revision never changes, so that one of the two is wrong, unless the configuration changed.
  bool lacks_target = false;
  bool not_begun = false;      // see HasNotBegun
  bool instance_gone = false;  // its instance has ended: no target of it is kept
};

// What one refresh read of a cluster. The order of tasks plays no part.
struct ClusterReading {
  std::string arn;
  // Listing or describing failed: what is here is not all there is.
  std::optional<support::Error> error;
  // It was read to its end, well or not. False: time ran out, or calls timed out or were throttled.
  bool had_turn = true;
  // DescribeClusters confirmed that the cluster is no more.
  bool gone = false;
  bool listed_whole = false;  // every page was read
  std::size_t listed = 0;     // tasks on the pages
  Marks seen;                 // by position among the known tasks, whether a page had the task
  std::size_t asked = 0;      // tasks that were to be described
  std::vector<DescribedTask> described;
  std::vector<std::string> missing;  // tasks that DescribeTasks says are not there
  // Tasks that no response of DescribeTasks had, or only in malformed form.
  std::vector<std::string> unanswered;
  // What is wrong with the first task that was malformed; empty: none was.
  std::string fault;
  // The first reference of a task that could not be read. What AWS says does not exist is none.
  std::optional<support::Error> unread;
};

// What one refresh read of an account.
struct AccountReading {
  // Which clusters there are could not be found out, or not for certain: `clusters` are known ones.
  std::optional<support::Error> error;
  std::vector<ClusterReading> clusters;
  Course course;
  std::vector<std::string> gone;     // known clusters that are confirmed to be no more
  std::vector<std::string> outside;  // known clusters that nobody here can ask about
};

// Why `reading` is not the whole cluster: it could not be listed or described, a task was not
// answered, or something that a task refers to could not be read.
[[nodiscard]] std::optional<support::Error> WhyIncomplete(const ClusterReading& reading);

// What MergeReading needs to know besides the reading.
struct MergeRules {
  support::SteadyTime now;
  // When the known tasks were last confirmed to run, other than by a description: the last whole
  // reading of their cluster, or the time of the file that they are from.
  support::SteadyTime confirmed = support::SteadyTime::min();
  // No other reading will follow, so that nothing can be asked again.
  bool one_shot = false;
};

// Known tasks that began to be in doubt in one reading.
struct NewDoubts {
  DoubtKind kind = DoubtKind::kMissing;  // of the first
  std::size_t count = 0;
  std::string first;  // the ARN of one
  friend bool operator==(const NewDoubts&, const NewDoubts&) = default;
};

// The known tasks of a cluster after a refresh.
struct MergedTasks {
  std::vector<TrackedTask> tasks;  // sorted by ARN
  bool targets_changed = false;
  // A task that is listed and that DescribeTasks calls missing: its last known facts are kept.
  std::optional<std::string> contradiction;
  NewDoubts doubts;
};

// Takes `reading` into `known`, the known tasks of its cluster (sorted by ARN, those that
// reading.seen speaks of). Invariant: a failure takes nothing away. A task goes only when no page
// of a whole listing had it and DescribeTasks says that it ended or, believed (see doubt.h), that
// it is missing. A description replaces what is known, but for four contradictions, which are
// believed only after a while: a lower version, a running task that has less than before, one that
// has not begun though it ran, and a definition that takes a target away.
[[nodiscard]] MergedTasks MergeReading(std::vector<TrackedTask> known, ClusterReading reading,
                                       const MergeRules& rules);

}  // namespace ecsd::discovery
