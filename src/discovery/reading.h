#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/derive.h"
#include "core/selection.h"
#include "core/task_facts.h"
#include "discovery/describe_plan.h"
#include "discovery/doubt.h"
#include "discovery/pace.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// A task as this refresh found it.
struct DescribedTask {
  std::shared_ptr<const core::TaskFacts> facts;
  support::SteadyTime described;
  // Something that the task refers to could not be read, or its status is not known: its facts say
  // less than is perhaps known.
  bool unread = false;
  bool not_begun = false;         // see HasNotBegun
  bool instance_unknown = false;  // EC2 does not know its instance, whose agent is disconnected
  bool instance_gone = false;     // its instance has ended: no address of it is kept
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
  // What makes targets of the facts. Not null.
  const core::Selection* selection = nullptr;
};

// Known tasks that began to be in doubt in one reading.
struct NewDoubts {
  DoubtKind kind = DoubtKind::kMissing;  // of the first
  std::size_t count = 0;
  std::string first;  // the ARN of one
  friend bool operator==(const NewDoubts&, const NewDoubts&) = default;
};

// The known tasks of a cluster, sorted by ARN, and what is derived of them.
struct KnownTasks {
  Tasks tasks;
  core::Tally tally;
};

// The known tasks of a cluster after a refresh.
struct MergedTasks {
  Tasks tasks;        // sorted by ARN
  core::Tally tally;  // of `tasks`
  bool targets_changed = false;
  // Definitions that take a target away which the same revision gave before: one of the two is
  // wrong, so that it is to be asked for again.
  std::vector<std::string> doubtful_definitions;
  // A task that is listed and that DescribeTasks calls missing: its last known facts are kept.
  std::optional<std::string> contradiction;
  NewDoubts doubts;
};

// Takes `reading` into `known`, the known tasks of its cluster (those that reading.seen speaks of).
// Invariant: a failure takes nothing away. A task goes only when no page of a whole listing had it
// and DescribeTasks says that it ended or, believed (see doubt.h), that it is missing. A
// description replaces what is known, but for four contradictions, which are believed only after a
// while: a lower version, a running task that has less than before, one that has not begun though
// it ran, and a definition that takes a target away. What AWS does not find now (a definition, an
// instance), though the task runs, stays as it was known.
[[nodiscard]] MergedTasks MergeReading(KnownTasks known, ClusterReading reading,
                                       const MergeRules& rules, core::SharedTexts& texts);

}  // namespace ecsd::discovery
