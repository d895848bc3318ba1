#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/target.h"
#include "discovery/interner.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {

// What all containers of one name, of one task definition, have in common.
struct ContainerFacts {
  std::string family;
  std::string revision;
  std::string name;
  std::string image;
  std::string job;
  std::string metrics_path;
  std::string scheme;
  friend bool operator==(const ContainerFacts&, const ContainerFacts&) = default;
};

struct HashOfFacts {
  std::size_t operator()(const ContainerFacts& facts) const;
};

// The values that many tasks share.
struct SharedValues {
  Interner<std::string> texts;
  Interner<ContainerFacts, HashOfFacts> facts;

  void Sweep() {
    texts.Sweep();
    facts.Sweep();
  }
};

// What became of one container, still without its name and ARN.
struct NamedOutcome {
  std::string_view name;
  std::string_view arn;
  const core::Outcome* outcome = nullptr;
};

// The outcome of every container of one task, in the order of the file and in little memory: what
// tasks share is shared, and the rest is one string. Immutable; any thread may read.
class KnownTask {
 public:
  // The task whose containers came out as `outcomes` (as many, in the same order).
  KnownTask(const core::Task& task, const core::TaskDefinition* definition,
            const std::vector<core::Outcome>& outcomes, SharedValues& shared);
  // The task of a record. Requires: all targets name this task.
  KnownTask(const TaskOutcome& record, SharedValues& shared);

  [[nodiscard]] std::string_view arn() const {
    return std::string_view(text_).substr(0, arn_size_);
  }
  [[nodiscard]] std::size_t container_count() const { return entries_.size(); }
  [[nodiscard]] std::size_t target_count() const;
  [[nodiscard]] bool IsTarget(std::size_t container) const { return !entries_[container].reason; }
  // Requires: the container is no target.
  [[nodiscard]] core::Reason ReasonOf(std::size_t container) const {
    return *entries_[container].reason;
  }
  // Why. Requires: the container is no target.
  [[nodiscard]] const std::string& DetailOf(std::size_t container) const {
    return *entries_[container].detail;
  }
  [[nodiscard]] const ContainerFacts& FactsOf(std::size_t container) const {
    return *entries_[container].facts;
  }
  // Whether a target is at one of these IP addresses.
  [[nodiscard]] bool HasTargetAt(std::span<const std::string> hosts) const;
  [[nodiscard]] const std::string& group() const { return *group_; }
  // Fills `target`, whose memory is used again. Requires: the container is a target.
  void FillTarget(std::size_t container, core::Target& target) const;

  // This task with the targets of `before` in place of outcomes that only say that something was
  // not found (definition_unavailable, no_instance_address); null when there is no such outcome.
  // The task runs, so what is not found must be there, and the last good target stands; but not at
  // an address that no other machine reaches (an older version wrote such).
  [[nodiscard]] std::shared_ptr<const KnownTask> KeepingTargetsOf(const KnownTask& before) const;

  // Whether a target of `before` has no counterpart here for want of facts that a running container
  // does not lose: its address, its bindings, or itself. A container that stopped lost nothing.
  [[nodiscard]] bool HasLessThan(const KnownTask& before) const;

  // Whether a container of this name is a target.
  [[nodiscard]] bool HasTargetNamed(std::string_view name) const;

  // As plain data, without the times and the settlement.
  [[nodiscard]] TaskOutcome ToRecord() const;

  // True when equal in every outcome. Requires: made with the same SharedValues.
  friend bool operator==(const KnownTask&, const KnownTask&) = default;

 private:
  struct Entry {
    std::shared_ptr<const ContainerFacts> facts;
    std::shared_ptr<const std::string> detail;  // null for targets
    std::uint32_t arn_size = 0;                 // of the part in text_
    std::uint32_t address_size = 0;
    std::optional<core::Reason> reason;  // nothing: a target
    bool below_task = false;             // the ARN goes on from that of the task
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  void Add(ContainerFacts facts, const NamedOutcome& container, SharedValues& shared);
  [[nodiscard]] std::size_t TextOf(std::size_t container) const;
  [[nodiscard]] std::string ArnOf(std::size_t container) const;
  [[nodiscard]] std::string_view AddressOf(std::size_t container) const;
  [[nodiscard]] std::optional<std::size_t> FindContainer(std::string_view name,
                                                         std::string_view container_arn) const;
  [[nodiscard]] std::optional<std::size_t> TargetLike(const KnownTask& before,
                                                      std::size_t container) const;

  std::shared_ptr<const std::string> cluster_;  // as the task names it
  std::shared_ptr<const std::string> group_;
  std::uint32_t arn_size_ = 0;
  std::string text_;  // the task's ARN, then for each container its ARN and its address
  std::vector<Entry> entries_;
};

// How far `task`, whose containers came out as `outcomes`, can still change.
[[nodiscard]] Settlement SettlementOf(const core::Task& task,
                                      const core::TaskDefinition* definition,
                                      const std::vector<core::Outcome>& outcomes);

// Whether a container of `definition` may be restarted in place and come back with other bindings.
[[nodiscard]] bool IsRestartable(const core::Task& task, const core::TaskDefinition* definition);

// Whether the task is not to run any more, or has ended: nothing brings it back.
[[nodiscard]] bool HasEnded(const core::Task& task);

}  // namespace ecsd::discovery
