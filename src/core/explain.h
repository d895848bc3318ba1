#pragma once

#include <string>
#include <vector>

#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"

namespace ecsd::core {

// Everything that decided what became of one container, in words for a person. An empty text is a
// fact that is not known or plays no part.
struct Explanation {
  std::string cluster;    // name
  std::string service;    // name; empty for a task of no service
  std::string task;       // id
  std::string family;     // of the task definition, with its revision: "web:7"
  std::string container;  // name
  Outcome outcome;        // the target, or the reason with its detail
  std::string mode;       // "bridge", or "awsvpc (not said; the task has a network interface)"
  std::string label;     // the docker label that asks for the port: "PROMETHEUS_EXPORTER_PORT=9102"
  std::string bindings;  // "8080->32768/tcp on 0.0.0.0"
  std::string mappings;  // port mappings of the definition: "8080/tcp"
  std::string
      address;  // of a target, and where it comes from: "10.0.0.9 (private address of i-0a)"
  std::string instance;  // `i-...` or `mi-...` where its address is that of the target
  std::string warning;   // why the target may not be reached; set by the caller
  std::string change;    // what to make it a target that Prometheus takes; empty for those
};

// The explanation of every container of `task`, in the task's order. The outcomes are those of
// ResolveTask.
[[nodiscard]] std::vector<Explanation> ExplainTask(const Task& task, const References& references,
                                                   const Selection& selection);

// What to change for a container that is no target for `reason`. `definition` may be null; with it
// the text can name the ports that the container maps.
[[nodiscard]] std::string ChangeFor(Reason reason, const ContainerDefinition* definition,
                                    const Selection& selection);

// The part of an ARN that names the resource for people: what follows the last '/'.
[[nodiscard]] std::string ShortName(std::string_view arn);

// The service of a task by its group, "web" of "service:web"; empty for a task of no service. A
// part of `group`.
[[nodiscard]] std::string_view ServiceOf(std::string_view group);

}  // namespace ecsd::core
