#include "discovery/last_good.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "core/derive.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/task_facts.h"

namespace ecsd::discovery {
namespace {

using Outcomes = std::span<const core::ContainerOutcome>;

bool IsReachable(const std::shared_ptr<const core::Instance>& instance) {
  return instance != nullptr && core::CanBeReached(*instance);
}

// Puts what `before` refers to in place of what `now` does not have. Whether there was any.
bool KeepReferences(const core::Task& task, const core::TaskReferences& before,
                    core::TaskReferences& now) {
  bool kept = false;
  const auto& definition = before.definition;
  if (!now.definition && definition && definition->arn == task.definition_arn) {
    now.definition = definition;
    kept = true;
  }
  const auto& instance = before.container_instance;
  const bool is_same = instance && instance->arn == task.container_instance_arn;
  if (is_same && IsReachable(before.instance) && !IsReachable(now.instance)) {
    now.container_instance = instance;
    now.instance = before.instance;
    kept = true;
  }
  return kept;
}

// Whether something that decides where a running `task` is reached is not known.
bool LacksReferences(const core::Task& task, const core::TaskReferences& references) {
  if (task.containers.empty()) return false;
  const auto& definition = references.definition;
  return !definition ||
         (core::NeedsInstance(task, *definition) && !IsReachable(references.instance));
}

const core::ContainerOutcome* Find(Outcomes outcomes, const core::ContainerOutcome& like) {
  const auto found = std::ranges::find_if(
      outcomes, [&](const auto& each) { return each.name == like.name && each.arn == like.arn; });
  return found == outcomes.end() ? nullptr : &*found;
}

// Whether a task's definition alone decides it. A filter is not of the definition: it may be new.
bool IsOfDefinition(core::Reason reason) {
  return reason == core::Reason::kNoDefinition || reason == core::Reason::kNoPortLabel ||
         reason == core::Reason::kNoDynamicLabel || reason == core::Reason::kInvalidPort ||
         reason == core::Reason::kNoNetwork;
}

}  // namespace

std::shared_ptr<const core::TaskFacts> KeepingWhatIsNotFound(const core::TaskFacts& now,
                                                             const core::TaskFacts& before,
                                                             core::SharedTexts& texts) {
  auto record = now.Unpack();
  auto references = now.references();
  bool kept = KeepReferences(record.task, before.references(), references);
  if (LacksReferences(record.task, references)) {
    record.recovered = before.Unpack().recovered;
    kept = kept || !record.recovered.empty();
  }
  if (!kept) return nullptr;
  return std::make_shared<const core::TaskFacts>(record, std::move(references), texts);
}

bool HasLess(Outcomes now, Outcomes before) {
  return std::ranges::any_of(before, [&](const core::ContainerOutcome& old) {
    if (old.skip) return false;
    const auto* const same = Find(now, old);
    if (same == nullptr) return true;
    return same->skip && (same->skip->reason == core::Reason::kNoAddress ||
                          same->skip->reason == core::Reason::kNoBinding);
  });
}

bool DefinitionDenies(Outcomes now, Outcomes before) {
  return std::ranges::any_of(now, [&](const core::ContainerOutcome& outcome) {
    if (!outcome.skip || !IsOfDefinition(outcome.skip->reason)) return false;
    return std::ranges::any_of(before, [&](const core::ContainerOutcome& old) {
      return !old.skip && old.name == outcome.name;
    });
  });
}

}  // namespace ecsd::discovery
