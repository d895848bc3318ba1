#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/records.h"
#include "core/selection.h"
#include "discovery/account_records.h"
#include "discovery/interner.h"
#include "server/snapshot.h"

namespace ecsd::app {

// Remembers what decided about containers that are no targets, for the page: what `explain` says.
// What many containers have in common is kept once. It is known for tasks that this process has
// described, so after a start with a state file it comes little by little. Used by one thread.
class ReasonFacts {
 public:
  using Facts = std::shared_ptr<const server::SkipFacts>;

  // `selection` must outlive this object.
  explicit ReasonFacts(const core::Selection& selection) : selection_(selection) {}

  // Takes the facts of a task as it was described just now.
  void TaskDescribed(const core::Task& task, const discovery::TaskReferences& references);

  // The facts of a container that is no target, by the ARN of its task; null: not known.
  [[nodiscard]] Facts Find(std::string_view task_arn, std::string_view container);

  // What to change alone, for a container of which nothing else is known.
  [[nodiscard]] Facts OnlyChange(core::Reason reason);

  // Forgets what Find was not asked for since the last time.
  void Sweep();

 private:
  struct HashOfFacts {
    std::size_t operator()(const server::SkipFacts& facts) const;
  };
  struct Entry {
    Facts facts;
    bool wanted = false;
  };

  const core::Selection& selection_;
  discovery::Interner<server::SkipFacts, HashOfFacts> values_;
  std::unordered_map<std::string, Entry> entries_;  // by task and container
};

}  // namespace ecsd::app
