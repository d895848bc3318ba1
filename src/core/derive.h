#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/reason.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/skip.h"
#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::core {

// What one container comes out as: its targets, or the first reason why it has none.
struct ContainerOutcome {
  std::string name;
  std::string arn;
  std::vector<Target> targets;
  std::optional<Skip> skip;  // exactly when there are no targets
  friend bool operator==(const ContainerOutcome&, const ContainerOutcome&) = default;
};

// From facts to targets: file, `/sd`, page, `explain`, log and metrics are views of what is derived
// here, so that they cannot differ. Pure: equal facts and an equal selection give equal outcomes,
// in the order of the file (by name, then by ARN). Works in memory that it uses again, for there
// may be 100,000 tasks. Used by one thread.
class Derivation {
 public:
  // `selection` must outlive this object.
  explicit Derivation(const Selection& selection) : selection_(selection) {}

  // The outcome of every container of the task. Good until the next call.
  [[nodiscard]] std::span<const ContainerOutcome> Of(const TaskFacts& facts);
  // The facts that the last call was about, as plain data. Good as long as its outcomes.
  [[nodiscard]] const TaskRecord& record() const { return record_; }

 private:
  void TakeRecovered();
  void Resolve(const TaskFacts& facts);

  const Selection& selection_;
  TaskRecord record_;
  std::vector<ContainerOutcome> outcomes_;
};

// The same for one task.
[[nodiscard]] std::vector<ContainerOutcome> Derive(const TaskFacts& facts,
                                                   const Selection& selection);

// Whether the reason only says that AWS did not find something which a running task must have.
[[nodiscard]] bool IsOnlyNotFound(Reason reason);

// The host of "host:port", without the brackets of an IPv6 address.
[[nodiscard]] std::string_view HostOf(std::string_view address);

// The target of `recovered` that stands in for a container whose outcome is `skip`; null: none
// does. Only what is not found is stood in for, and not by an address that no other machine
// reaches.
[[nodiscard]] const Target* StandInFor(const std::string& name, const std::string& arn,
                                       const Skip& skip, std::span<const Target> recovered);

// Targets, and containers that are none by reason.
struct Tally {
  std::size_t targets = 0;
  ReasonCounts skipped{};

  Tally& operator+=(const Tally& other);
  Tally& operator-=(const Tally& other);
  friend bool operator==(const Tally&, const Tally&) = default;
};

[[nodiscard]] Tally TallyOf(std::span<const ContainerOutcome> outcomes);

}  // namespace ecsd::core
