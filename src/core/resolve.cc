#include "core/resolve.h"

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/port.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/skip.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

std::optional<Skip> CheckStatus(const Task& task, const Container& container) {
  if (!IsLive(task)) {
    return Skip{
        .reason = Reason::kTaskNotRunning,
        .detail = fmt::format("the task is {}, and is to be {}",
                              task.last_status.empty() ? "in no status" : task.last_status,
                              task.desired_status.empty() ? "nothing" : task.desired_status)};
  }
  if (container.last_status == "STOPPED") {
    return Skip{.reason = Reason::kContainerStopped, .detail = "the container has stopped"};
  }
  return std::nullopt;
}

bool PassesFilter(const ContainerDefinition& definition, const LabelFilter& filter) {
  const auto* text = definition.FindLabel(filter.name);
  return text != nullptr && (!filter.value || *text == *filter.value);
}

Skip FilteredSkip(const ContainerDefinition& definition, const LabelFilter& filter) {
  const auto* text = definition.FindLabel(filter.name);
  auto detail = text == nullptr ? fmt::format("docker label {} is missing", filter.name)
                                : fmt::format(R"(docker label {} is "{}", not "{}")", filter.name,
                                              *text, filter.value.value_or(""));
  return {.reason = Reason::kFiltered, .detail = std::move(detail)};
}

// The port that the docker labels ask for: a number, or none when it is to be detected.
OrSkip<std::optional<std::uint16_t>> WantedPort(const ContainerDefinition& definition,
                                                const Selection& selection) {
  const std::string_view marker =
      selection.dynamic_port_detection ? kDynamicLabel : selection.port_label;
  const auto* text = definition.FindLabel(marker);
  if (selection.dynamic_port_detection && (text == nullptr || *text != "1")) {
    return SkipBecause(Reason::kNoDynamicLabel,
                       fmt::format("docker label {} is not 1", kDynamicLabel));
  }
  if (text == nullptr) {
    return SkipBecause(
        Reason::kNoPortLabel,
        fmt::format("the task definition gives the container no docker label {}", marker));
  }
  if (selection.filter && !PassesFilter(definition, *selection.filter)) {
    return tl::unexpected(FilteredSkip(definition, *selection.filter));
  }
  if (selection.dynamic_port_detection) return std::optional<std::uint16_t>();
  const auto port = ParsePort(*text);
  if (!port) {
    return SkipBecause(
        Reason::kInvalidPort,
        fmt::format(R"x(docker label {} is "{}", which is no port (1-65535))x", marker, *text));
  }
  return port;
}

std::string_view LabelText(const ContainerDefinition& definition, std::string_view label) {
  const auto* text = definition.FindLabel(label);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

// The host that the server name label asks for instead of the address; empty when it asks for none.
std::string_view ServerName(const ContainerDefinition& definition, const Selection& selection) {
  auto name = LabelText(definition, selection.server_name_label);
  while (name.ends_with('/')) name.remove_suffix(1);
  return name;
}

tl::unexpected<Skip> NoTaskDefinition(const Task& task, const References& references) {
  const auto why = references.why_no_definition;
  return SkipBecause(Reason::kDefinitionUnavailable,
                     task.definition_arn.empty()
                         ? "the task names no task definition"
                         : fmt::format("task definition {} could not be read{}{}",
                                       task.definition_arn, why.empty() ? "" : ": ", why));
}

}  // namespace

OrSkip<Reach> ReachOf(const Task& task, const Container& container, const References& references,
                      const Selection& selection) {
  if (auto skip = CheckStatus(task, container)) return tl::unexpected(std::move(*skip));
  const auto* definition = references.definition;
  if (definition == nullptr) return NoTaskDefinition(task, references);
  const auto* container_definition = definition->FindContainer(container.name);
  if (container_definition == nullptr) {
    return SkipBecause(Reason::kNoDefinition,
                       "the task definition has no container of this name; AWS added it");
  }
  const auto port = WantedPort(*container_definition, selection);
  if (!port) return tl::unexpected(port.error());
  return FindReach({.task = task,
                    .container = container,
                    .definition = *definition,
                    .container_definition = *container_definition,
                    .references = references},
                   *port);
}

Target TargetAt(const Reach& reach, const Task& task, const Container& container,
                const TaskDefinition& definition, const Selection& selection) {
  const auto& container_definition = *definition.FindContainer(container.name);
  const auto server_name = ServerName(container_definition, selection);
  Target target;
  target.address =
      JoinHostPort(server_name.empty() ? std::string_view(reach.host) : server_name, reach.port);
  auto& labels = target.labels;
  labels.Add(kTaskArnLabel, task.arn);
  labels.Add(kTaskNameLabel, definition.family);
  labels.Add(kJobLabel, LabelText(container_definition, selection.job_name_label));
  if (definition.revision) labels.Add(kTaskRevisionLabel, std::to_string(*definition.revision));
  labels.Add(kTaskGroupLabel, task.group);
  labels.Add(kClusterArnLabel, task.cluster_arn);
  labels.Add(kContainerNameLabel, container.name);
  labels.Add(kContainerArnLabel, container.arn);
  labels.Add(kDockerImageLabel, container_definition.image);
  labels.Add(kMetricsPathLabel, LabelText(container_definition, selection.path_label));
  labels.Add(kSchemeLabel, LabelText(container_definition, selection.scheme_label));
  return target;
}

std::vector<Outcome> ResolveTask(const Task& task, const References& references,
                                 const Selection& selection) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(task.containers.size());
  for (const auto& container : task.containers) {
    outcomes.push_back(ReachOf(task, container, references, selection).map([&](const Reach& reach) {
      return TargetAt(reach, task, container, *references.definition, selection);
    }));
  }
  return outcomes;
}

bool IsLive(const Task& task) {
  const bool runs = task.last_status == "RUNNING" || task.last_status == "ACTIVATING";
  return task.desired_status == "RUNNING" && runs;
}

bool NeedsInstance(const Task& task, const TaskDefinition& definition) {
  const auto mode = ModeOf(definition, task);
  return mode == NetworkMode::kBridge || mode == NetworkMode::kHost;
}

}  // namespace ecsd::core
