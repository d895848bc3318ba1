#include "discovery/reading.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/task_facts.h"
#include "discovery/doubt.h"
#include "discovery/last_good.h"
#include "discovery/settlement.h"
#include "discovery/tracked_task.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::Error;
using support::ErrorKind;

bool IsRunning(Settlement settlement) {
  return settlement == Settlement::kSettled || settlement == Settlement::kSettling;
}

std::string_view ArnOf(const DescribedTask& described) {
  return described.facts->arn();
}

// Copies of what two derivations give, for both are needed at once.
using OutcomeList = std::vector<core::ContainerOutcome>;

// Merges two lists that are sorted by ARN.
class Merge {
 public:
  Merge(KnownTasks known, ClusterReading reading, const MergeRules& rules, core::SharedTexts& texts)
      : known_(std::move(known.tasks)),
        reading_(std::move(reading)),
        rules_(rules),
        texts_(texts),
        derivation_(*rules.selection) {
    merged_.tally = known.tally;
    reading_.seen.resize(known_.size());
    std::ranges::sort(reading_.missing);
    auto& described = reading_.described;
    std::ranges::stable_sort(described, {}, ArnOf);
    const auto repeated = std::ranges::unique(described, {}, ArnOf);
    described.erase(repeated.begin(), repeated.end());
  }

  MergedTasks Run() {
    merged_.tasks.reserve(known_.size() + reading_.described.size());
    std::size_t next = 0;
    for (const auto& described : reading_.described) {
      while (next < known_.size() && known_[next].arn() < ArnOf(described)) Keep(next++);
      if (next < known_.size() && known_[next].arn() == ArnOf(described)) {
        Replace(next++, described);
      } else {
        PutNew(described);
      }
    }
    while (next < known_.size()) Keep(next++);
    merged_.contradiction = FindContradiction();
    return std::move(merged_);
  }

 private:
  [[nodiscard]] bool IsMissing(std::string_view arn) const {
    return std::ranges::binary_search(reading_.missing, arn, {},
                                      [](const auto& each) { return std::string_view(each); });
  }

  [[nodiscard]] OutcomeList OutcomesOf(const core::TaskFacts& facts) {
    const auto outcomes = derivation_.Of(facts);
    return {outcomes.begin(), outcomes.end()};
  }

  [[nodiscard]] bool HasTargets(const TrackedTask& tracked) {
    return core::TallyOf(derivation_.Of(*tracked.facts)).targets > 0;
  }

  // `described` as it is tracked, when its containers come out as `outcomes`.
  [[nodiscard]] TrackedTask Track(const DescribedTask& described,
                                  const OutcomeList& outcomes) const {
    const auto& task = derivation_.record().task;  // the last one that was derived
    const auto* definition = described.facts->references().definition.get();
    TrackedTask tracked{.facts = described.facts,
                        .described = described.described,
                        .first_seen = described.described,
                        .settlement = described.unread ? Settlement::kUnread
                                                       : SettlementOf(task, definition, outcomes),
                        .restartable = IsRestartable(task, definition),
                        .doubt = nullptr};
    // Described in every refresh until it is certain whether the instance has ended.
    if (described.instance_unknown && !described.instance_gone && !described.unread)
      tracked.settlement = Settlement::kMoving;
    return tracked;
  }

  void PutNew(const DescribedTask& described) {
    const auto outcomes = OutcomesOf(*described.facts);
    const auto tally = core::TallyOf(outcomes);
    merged_.tally += tally;
    merged_.targets_changed = merged_.targets_changed || tally.targets > 0;
    merged_.tasks.push_back(Track(described, outcomes));
  }

  void Drop(std::size_t position) {
    const auto tally = core::TallyOf(derivation_.Of(*known_[position].facts));
    gone_.emplace_back(known_[position].arn());
    merged_.tally -= tally;
    merged_.targets_changed = merged_.targets_changed || tally.targets > 0;
  }

  [[nodiscard]] bool IsAbsent(std::size_t position) const {
    return reading_.listed_whole && !reading_.seen[position];
  }

  // Whether `old` is kept because of what the reading says of it; not once that is believed.
  bool IsKeptInDoubt(TrackedTask& old, DoubtKind kind, std::int64_t version) {
    const bool is_new = !old.doubt || old.doubt->kind != kind;
    old.doubt = AfterReading(old.doubt, kind, version, rules_.now);
    if (!old.doubt) return false;
    if (is_new && merged_.doubts.count++ == 0) {
      merged_.doubts.kind = kind;
      merged_.doubts.first = old.arn();
    }
    return true;
  }

  // ECS describes a task for an hour after it stopped, so that it cannot be missing yet.
  [[nodiscard]] bool IsDoubtfullyMissing(const TrackedTask& old) {
    if (rules_.one_shot || !HasTargets(old)) return false;
    return std::max(old.described, rules_.confirmed) >= rules_.now - kStoppedTasksAreDescribed;
  }

  // Whether the absent task `old` is missing, and that is believed.
  bool IsGone(TrackedTask& old) {
    if (!IsMissing(old.arn())) return false;
    if (!IsDoubtfullyMissing(old) || !IsKeptInDoubt(old, DoubtKind::kMissing, kNoVersion))
      return true;
    doubted_.emplace_back(old.arn());
    return false;
  }

  void Keep(std::size_t position) {
    auto& old = known_[position];
    if (IsAbsent(position) && IsGone(old)) {
      Drop(position);
      return;
    }
    const bool was_missing = old.doubt && old.doubt->kind == DoubtKind::kMissing;
    if (reading_.seen[position] && was_missing) old.doubt = nullptr;
    merged_.tasks.push_back(std::move(old));
  }

  // Whether `described` says less than is known, so that it is not believed at once. `now` and
  // `before` are the outcomes of both.
  [[nodiscard]] bool SaysLess(const TrackedTask& old, const DescribedTask& described,
                              const TrackedTask& tracked, const OutcomeList& now,
                              const OutcomeList& before) {
    if (described.not_begun) return core::TallyOf(before).targets > 0;
    if (!IsRunning(tracked.settlement)) return false;
    if (described.facts->references().definition && DefinitionDenies(now, before)) {
      merged_.doubtful_definitions.push_back(described.facts->references().definition->arn);
      return !rules_.one_shot;
    }
    return IsComparable(old.version(), tracked.version()) && HasLess(now, before);
  }

  // Without any version, as moto has it, every description is believed. What is known from the file
  // has no version, and a run of one refresh cannot ask again.
  [[nodiscard]] bool IsComparable(std::int64_t old, std::int64_t now) const {
    if (old == kNoVersion) return now != kNoVersion && !rules_.one_shot;
    return now == old || now == kNoVersion;
  }

  // Whether `described` is older than what is known, and not believed for that.
  [[nodiscard]] bool IsStale(TrackedTask& old, const DescribedTask& described) {
    const auto version = described.facts->version().value_or(kNoVersion);
    const bool has_versions = old.version() != kNoVersion && version != kNoVersion;
    return has_versions && version < old.version() &&
           IsKeptInDoubt(old, DoubtKind::kStale, version);
  }

  void Replace(std::size_t position, const DescribedTask& described) {
    auto& old = known_[position];
    if (IsStale(old, described)) {
      merged_.tasks.push_back(std::move(old));
      return;
    }
    const auto before = OutcomesOf(*old.facts);
    const auto now = OutcomesOf(*described.facts);
    auto tracked = Track(described, now);
    if (HasEnded(derivation_.record().task) && !reading_.seen[position]) {
      Drop(position);
      return;
    }
    if (described.unread) old.settlement = Settlement::kUnread;
    if (described.unread || (SaysLess(old, described, tracked, now, before) &&
                             IsKeptInDoubt(old, DoubtKind::kLess, kNoVersion))) {
      merged_.tasks.push_back(std::move(old));
      return;
    }
    Exchange(old, described, before, std::move(tracked));
  }

  // Puts `tracked` in the place of `old`, whose containers came out as `before`.
  void Exchange(const TrackedTask& old, const DescribedTask& described, const OutcomeList& before,
                TrackedTask tracked) {
    tracked.first_seen = old.first_seen;
    if (!described.instance_gone) {
      if (auto kept = KeepingWhatIsNotFound(*tracked.facts, *old.facts, texts_))
        tracked.facts = std::move(kept);
    }
    if (*tracked.facts == *old.facts) {
      tracked.facts = old.facts;
    } else {
      Count(before, derivation_.Of(*tracked.facts));
    }
    merged_.tasks.push_back(std::move(tracked));
  }

  void Count(std::span<const core::ContainerOutcome> before,
             std::span<const core::ContainerOutcome> now) {
    merged_.tally -= core::TallyOf(before);
    merged_.tally += core::TallyOf(now);
    const auto targets = [](const core::ContainerOutcome& each) -> const auto& {
      return each.targets;
    };
    merged_.targets_changed =
        merged_.targets_changed || !std::ranges::equal(before, now, {}, targets, targets);
  }

  [[nodiscard]] std::optional<std::string> FindContradiction() const {
    for (const auto& arn : reading_.missing) {
      if (!std::ranges::binary_search(gone_, arn) && !std::ranges::binary_search(doubted_, arn))
        return arn;
    }
    return std::nullopt;
  }

  Tasks known_;
  ClusterReading reading_;
  const MergeRules rules_;
  core::SharedTexts& texts_;
  core::Derivation derivation_;
  MergedTasks merged_;
  std::vector<std::string> gone_;     // sorted, for the known tasks are
  std::vector<std::string> doubted_;  // called missing, and kept; sorted
};

}  // namespace

std::optional<Error> WhyIncomplete(const ClusterReading& reading) {
  if (reading.error) return reading.error;
  if (reading.unread) return reading.unread;
  if (reading.unanswered.empty()) return std::nullopt;
  auto message = fmt::format(
      "ECS DescribeTasks: {} of the tasks asked for are missing or malformed "
      "in the response, such as {}",
      reading.unanswered.size(), reading.unanswered.front());
  if (!reading.fault.empty()) message += ": " + reading.fault;
  return Error{.kind = ErrorKind::kMalformed, .message = std::move(message)};
}

MergedTasks MergeReading(KnownTasks known, ClusterReading reading, const MergeRules& rules,
                         core::SharedTexts& texts) {
  return Merge(std::move(known), std::move(reading), rules, texts).Run();
}

}  // namespace ecsd::discovery
