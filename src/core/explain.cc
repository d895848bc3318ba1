#include "core/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/port.h"
#include "core/prometheus_check.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/skip.h"

namespace ecsd::core {
namespace {

std::string_view NameOf(NetworkMode mode) {
  switch (mode) {
    case NetworkMode::kAwsvpc:
      return "awsvpc";
    case NetworkMode::kBridge:
      return "bridge";
    case NetworkMode::kHost:
      return "host";
    case NetworkMode::kNone:
      return "none";
    case NetworkMode::kUnknown:
      break;
  }
  return "unknown";
}

std::string ModeText(const TaskDefinition& definition, const Task& task) {
  if (!definition.network_mode.empty()) return definition.network_mode;
  return fmt::format("{} (not said; the task has {} network interface)",
                     NameOf(ModeOf(definition, task)), task.has_network_interface ? "a" : "no");
}

std::string_view PortLabelOf(const Selection& selection) {
  return selection.dynamic_port_detection ? kDynamicLabel : std::string_view(selection.port_label);
}

std::string LabelText(const ContainerDefinition& definition, const Selection& selection) {
  const auto label = PortLabelOf(selection);
  const auto* text = definition.FindLabel(label);
  return text == nullptr ? fmt::format("{} is not set", label) : fmt::format("{}={}", label, *text);
}

std::string AddressText(const Reach& reach, const References& references) {
  switch (reach.source) {
    case AddressSource::kContainerInterface:
      return reach.host + " (the container's network interface)";
    case AddressSource::kTaskInterface:
      return reach.host + " (the task's network interface)";
    case AddressSource::kInstance:
      return fmt::format("{} (private address of {}){}", reach.host, references.instance_id,
                         reach.fixed_port ? "; hostPort of the port mapping, for ECS has not "
                                            "reported the binding"
                                          : "");
    case AddressSource::kBinding:
      break;
  }
  return reach.host + " (the address that the port is bound to)";
}

// The tcp ports that the definition maps, as candidates for the label.
std::string MappedPorts(const ContainerDefinition* definition) {
  std::vector<PortMapping> tcp;
  if (definition != nullptr) {
    std::ranges::copy_if(
        definition->port_mappings, std::back_inserter(tcp),
        [](const PortMapping& mapping) { return mapping.protocol == Protocol::kTcp; });
  }
  return tcp.empty() ? std::string() : fmt::format(" (it maps {})", Describe(tcp));
}

std::string WantedPortText(const ContainerDefinition* definition, const Selection& selection) {
  const auto* text = definition == nullptr ? nullptr : definition->FindLabel(selection.port_label);
  return text == nullptr ? "with the metrics" : *text;
}

Explanation NameContainer(const Task& task, const Container& container,
                          const References& references) {
  Explanation explanation;
  explanation.cluster = ShortName(task.cluster_arn);
  explanation.service = ServiceOf(task.group);
  explanation.task = ShortName(task.arn);
  explanation.family = ShortName(references.definition == nullptr ? task.definition_arn
                                                                  : references.definition->arn);
  explanation.container = container.name;
  explanation.bindings = Describe(container.bindings);
  return explanation;
}

// Where the definition is right there is nothing to change in it.
std::string ChangeOf(const Skip& skip, const ContainerDefinition* definition,
                     const Selection& selection) {
  if (skip.reason == Reason::kNoBinding &&
      skip.detail.find(kBindingNotReported) != std::string::npos) {
    return "nothing in the task definition; if the binding does not come, restart the ECS agent on "
           "the instance";
  }
  return ChangeFor(skip.reason, definition, selection);
}

void AddDefinitionFacts(const Task& task, const ContainerDefinition* definition,
                        const References& references, const Selection& selection,
                        Explanation& explanation) {
  explanation.mode = ModeText(*references.definition, task);
  if (definition == nullptr) return;
  explanation.label = LabelText(*definition, selection);
  explanation.mappings = Describe(definition->port_mappings);
}

// Requires: the container is a target.
void AddChangeOfTarget(const Selection& selection, Explanation& explanation) {
  const auto refusal = WhyPrometheusRefuses(*explanation.outcome);
  if (refusal) explanation.change = ChangeFor(*refusal, selection);
}

}  // namespace

std::string ChangeFor(Reason reason, const ContainerDefinition* definition,
                      const Selection& selection) {
  switch (reason) {
    case Reason::kTaskNotRunning:
      return "nothing: it becomes a target when the task runs";
    case Reason::kContainerStopped:
      return "nothing: a stopped container serves no metrics";
    case Reason::kDefinitionUnavailable:
      return "see why the definition cannot be read; ecs:DescribeTaskDefinition is needed";
    case Reason::kNoDefinition:
      return "nothing: AWS runs this container beside yours (Service Connect, GuardDuty)";
    case Reason::kNoPortLabel:
      return fmt::format(
          "to scrape it, give it docker label {} with its container port{} in a new revision of "
          "the task definition",
          selection.port_label, MappedPorts(definition));
    case Reason::kNoDynamicLabel:
      return fmt::format(
          "to scrape it, give it docker label {}=1 in a new revision of the task definition",
          kDynamicLabel);
    case Reason::kFiltered:
      return fmt::format(
          "give it the docker label that -config.filter-label asks for ({}), or change the flag",
          selection.filter ? selection.filter->name : "");
    case Reason::kInvalidPort:
      return fmt::format("set docker label {} to the container port{}, a number from 1 to 65535",
                         selection.port_label, MappedPorts(definition));
    case Reason::kNoNetwork:
      return "use network mode awsvpc, bridge or host in the task definition";
    case Reason::kNoAddress:
      return "wait until the network interface is attached; if it stays so, look at the task's "
             "attachments";
    case Reason::kNoInstanceAddress:
      return "see why the instance's address is not known; ecs:DescribeContainerInstances and "
             "ec2:DescribeInstances "
             "are needed, and ssm:DescribeInstanceInformation for ECS Anywhere";
    case Reason::kNoBinding:
      return selection.dynamic_port_detection
                 ? "add a tcp port mapping for the metrics port to the task definition"
                 : fmt::format(
                       "make docker label {} the container port of a mapped tcp port{}, or add a "
                       "tcp port mapping for {} "
                       "to the task definition",
                       selection.port_label, MappedPorts(definition),
                       WantedPortText(definition, selection));
    case Reason::kAmbiguousBinding:
      return fmt::format(
          "map one tcp port only, or run without -config.dynamic-port-detection and name the port "
          "in docker label {}",
          selection.port_label);
  }
  return {};
}

std::string ShortName(std::string_view arn) {
  const auto slash = arn.rfind('/');
  return std::string(slash == std::string_view::npos ? arn : arn.substr(slash + 1));
}

std::string_view ServiceOf(std::string_view group) {
  constexpr std::string_view kPrefix = "service:";
  return group.starts_with(kPrefix) ? group.substr(kPrefix.size()) : std::string_view();
}

std::vector<Explanation> ExplainTask(const Task& task, const References& references,
                                     const Selection& selection) {
  std::vector<Explanation> explanations;
  for (const auto& container : task.containers) {
    const auto* definition = references.definition == nullptr
                                 ? nullptr
                                 : references.definition->FindContainer(container.name);
    auto explanation = NameContainer(task, container, references);
    if (references.definition != nullptr) {
      AddDefinitionFacts(task, definition, references, selection, explanation);
    }
    const auto reach = ReachOf(task, container, references, selection);
    if (!reach) {
      explanation.outcome = tl::unexpected(reach.error());
      explanation.change = ChangeOf(reach.error(), definition, selection);
    } else {
      explanation.outcome = TargetAt(*reach, task, container, *references.definition, selection);
      explanation.address = AddressText(*reach, references);
      if (reach->source == AddressSource::kInstance) explanation.instance = references.instance_id;
      AddChangeOfTarget(selection, explanation);
    }
    explanations.push_back(std::move(explanation));
  }
  return explanations;
}

}  // namespace ecsd::core
