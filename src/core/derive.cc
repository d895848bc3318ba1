#include "core/derive.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/reason.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/skip.h"
#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::core {
namespace {

ContainerOutcome OutcomeOf(const Target& recovered) {
  return {.name = std::string(recovered.labels.Get(kContainerNameLabel)),
          .arn = std::string(recovered.labels.Get(kContainerArnLabel)),
          .targets = {recovered},
          .skip = {}};
}

}  // namespace

std::string_view HostOf(std::string_view address) {
  auto host = address.substr(0, address.rfind(':'));
  if (!host.starts_with('[')) return host;
  host.remove_prefix(1);
  return host.substr(0, host.find(']'));
}

bool IsOnlyNotFound(Reason reason) {
  return reason == Reason::kDefinitionUnavailable || reason == Reason::kNoInstanceAddress;
}

const Target* StandInFor(const std::string& name, const std::string& arn, const Skip& skip,
                         std::span<const Target> recovered) {
  if (!IsOnlyNotFound(skip.reason)) return nullptr;
  const auto found = std::ranges::find_if(recovered, [&](const Target& target) {
    return target.labels.Get(kContainerNameLabel) == name &&
           target.labels.Get(kContainerArnLabel) == arn;
  });
  if (found == recovered.end()) return nullptr;
  const bool can_be_reached = skip.reason != Reason::kNoInstanceAddress ||
                              UnreachableVpcKind(HostOf(found->address)).empty();
  return can_be_reached ? &*found : nullptr;
}

std::span<const ContainerOutcome> Derivation::Of(const TaskFacts& facts) {
  facts.Unpack(record_);
  outcomes_.clear();
  if (record_.task.containers.empty()) {
    TakeRecovered();
  } else {
    Resolve(facts);
  }
  if (outcomes_.size() > 1) {
    std::ranges::stable_sort(
        outcomes_, {}, [](const ContainerOutcome& each) { return std::tie(each.name, each.arn); });
  }
  return outcomes_;
}

void Derivation::TakeRecovered() {
  for (const auto& target : record_.recovered) outcomes_.push_back(OutcomeOf(target));
}

void Derivation::Resolve(const TaskFacts& facts) {
  auto resolved = ResolveTask(record_.task, ReferencesOf(facts.references(), record_), selection_);
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    const auto& container = record_.task.containers[i];
    auto& outcome = outcomes_.emplace_back();
    outcome.name = container.name;
    outcome.arn = container.arn;
    if (!resolved[i]) {
      const auto* const stand_in =
          StandInFor(container.name, container.arn, resolved[i].error(), record_.recovered);
      if (stand_in != nullptr) {
        outcome.targets.push_back(*stand_in);
      } else {
        outcome.skip = std::move(resolved[i]).error();
      }
    } else {
      outcome.targets.push_back(*std::move(resolved[i]));
    }
  }
}

std::vector<ContainerOutcome> Derive(const TaskFacts& facts, const Selection& selection) {
  Derivation derivation(selection);
  const auto outcomes = derivation.Of(facts);
  return {outcomes.begin(), outcomes.end()};
}

Tally& Tally::operator+=(const Tally& other) {
  targets += other.targets;
  for (std::size_t i = 0; i < skipped.size(); ++i) skipped.at(i) += other.skipped.at(i);
  return *this;
}

Tally& Tally::operator-=(const Tally& other) {
  targets -= other.targets;
  for (std::size_t i = 0; i < skipped.size(); ++i) skipped.at(i) -= other.skipped.at(i);
  return *this;
}

Tally TallyOf(std::span<const ContainerOutcome> outcomes) {
  Tally tally;
  for (const auto& outcome : outcomes) {
    tally.targets += outcome.targets.size();
    if (outcome.skip) ++tally.skipped.at(static_cast<std::size_t>(outcome.skip->reason));
  }
  return tally;
}

}  // namespace ecsd::core
