#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/reason.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::server {

// What decided about a container that is no target, in the words of `explain`. Empty: plays no
// part, or is not known.
struct SkipFacts {
  std::string mode;      // network mode
  std::string label;     // the docker label that asks for the port
  std::string bindings;  // of the container
  std::string mappings;  // of its definition
  std::string change;    // what to change
  friend bool operator==(const SkipFacts&, const SkipFacts&) = default;
};

// A container that is no target. Names are empty where they are not known.
struct SkippedContainer {
  std::string cluster;
  std::string service;
  std::string family;  // with the revision: "web:7"
  std::string task;    // id
  std::string container;
  core::Reason reason = core::Reason::kTaskNotRunning;
  std::string detail;  // why, in a sentence
  // The facts of its task, and the rules that its outcome is derived by; null in tests.
  std::shared_ptr<const core::TaskFacts> about;
  std::shared_ptr<const core::Selection> rules;
  friend bool operator==(const SkippedContainer&, const SkippedContainer&) = default;
};

// Every container that is known. They are put together one by one for whoever looks, since a page
// shows a hundred of them, and there may be hundreds of thousands. Immutable; any thread may call.
class Containers {
 public:
  virtual ~Containers() = default;

  [[nodiscard]] virtual std::size_t target_count() const = 0;
  [[nodiscard]] virtual std::size_t skipped_count() const = 0;

  // Call `each` with those of the cluster of that name, or of all where it is empty, by cluster,
  // task and container, until it returns false. What it is given is good for the call only.
  virtual void ForEachTarget(std::string_view cluster,
                             const std::function<bool(const core::Target&)>& each) const = 0;
  virtual void ForEachSkipped(std::string_view cluster,
                              const std::function<bool(const SkippedContainer&)>& each) const = 0;

  // What decided about one of them: worked out for those that a page shows.
  [[nodiscard]] virtual SkipFacts FactsOf(const SkippedContainer& skipped) const = 0;
};

}  // namespace ecsd::server
