#include "app/reason_facts.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/explain.h"
#include "core/records.h"
#include "discovery/account_records.h"
#include "server/snapshot.h"

namespace ecsd::app {
namespace {

// Neither of the two has a line break.
std::string KeyOf(std::string_view task_arn, std::string_view container) {
  std::string key(task_arn);
  key += '\n';
  key += container;
  return key;
}

}  // namespace

std::size_t ReasonFacts::HashOfFacts::operator()(const server::SkipFacts& facts) const {
  std::size_t hash = 0;
  for (const auto* text :
       {&facts.mode, &facts.label, &facts.bindings, &facts.mappings, &facts.change}) {
    hash = hash * 31 + std::hash<std::string>()(*text);
  }
  return hash;
}

void ReasonFacts::TaskDescribed(const core::Task& task,
                                const discovery::TaskReferences& references) {
  for (auto& explanation : core::ExplainTask(task, references.ForCore(), selection_)) {
    const auto key = KeyOf(task.arn, explanation.container);
    if (explanation.outcome) {
      entries_.erase(key);
      continue;
    }
    auto facts = values_.Intern({.mode = std::move(explanation.mode),
                                 .label = std::move(explanation.label),
                                 .bindings = std::move(explanation.bindings),
                                 .mappings = std::move(explanation.mappings),
                                 .change = std::move(explanation.change)});
    entries_.insert_or_assign(key, Entry{.facts = std::move(facts)});
  }
}

ReasonFacts::Facts ReasonFacts::Find(std::string_view task_arn, std::string_view container) {
  const auto found = entries_.find(KeyOf(task_arn, container));
  if (found == entries_.end()) return nullptr;
  found->second.wanted = true;
  return found->second.facts;
}

ReasonFacts::Facts ReasonFacts::OnlyChange(core::Reason reason) {
  return values_.Intern({.mode = {},
                         .label = {},
                         .bindings = {},
                         .mappings = {},
                         .change = core::ChangeFor(reason, nullptr, selection_)});
}

void ReasonFacts::Sweep() {
  std::erase_if(entries_, [](const auto& entry) { return !entry.second.wanted; });
  for (auto& [key, entry] : entries_) entry.wanted = false;
  values_.Sweep();
}

}  // namespace ecsd::app
