#include "fuzz/properties.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/explain.h"
#include "core/ip_address.h"
#include "core/port.h"
#include "core/prometheus_check.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/skip.h"
#include "core/target.h"

namespace ecsd::fuzz {
namespace {

using core::IpFamily;

void CheckRange(const core::PortRange& range) {
  Require(range.first >= 1 && range.first <= range.last, "a port range starts at 1 or above");
}

void CheckAddressOfTarget(std::string_view address) {
  const auto colon = address.rfind(':');
  Require(colon != std::string_view::npos && colon > 0, "a target has a host");
  const auto port = address.substr(colon + 1);
  Require(std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }) &&
              core::ParsePort(port).has_value(),
          "a target has a port");
  Require(core::FamilyOf(address.substr(0, colon)) != IpFamily::kV6, "an IPv6 host has brackets");
}

void CheckTarget(const core::Target& target, const core::Task& task,
                 const core::Container& container) {
  CheckAddressOfTarget(target.address);
  Require(core::IsLive(task), "a target's task runs");
  Require(container.last_status != "STOPPED", "a target's container runs");
  const auto& labels = target.labels;
  Require(labels.Get(core::kTaskArnLabel) == task.arn &&
              labels.Get(core::kContainerArnLabel) == container.arn &&
              labels.Get(core::kContainerNameLabel) == container.name,
          "a target is named after its own task and container");
}

void CheckSkip(const core::Skip& skip) {
  Require(static_cast<std::size_t>(skip.reason) < core::kReasonCount, "a reason is one of the set");
  Require(!skip.detail.empty(), "a reason has a detail");
}

void CheckExplained(const core::Task& task, const core::References& references,
                    const core::Selection& selection, const std::vector<core::Outcome>& outcomes) {
  const auto explanations = core::ExplainTask(task, references, selection);
  Require(explanations.size() == outcomes.size(), "every container is explained");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Require(explanations[i].outcome == outcomes[i], "what is explained is what is resolved");
    const bool scraped = outcomes[i] && !core::WhyPrometheusRefuses(*outcomes[i]);
    Require(explanations[i].change.empty() == scraped,
            "there is something to change for what Prometheus does not scrape, and only for that");
  }
}

}  // namespace

void Require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

void CheckMessage(std::string_view message) {
  constexpr std::size_t kLongest = 1000;
  Require(!message.empty() && message.size() <= kLongest, "a message is short");
  Require(std::ranges::none_of(message, [](char c) { return c == '\n' || c == '\r' || c == '\0'; }),
          "a message is one line");
}

void CheckAddresses(const core::IpAddresses& addresses) {
  Require(addresses.ipv4.empty() || core::FamilyOf(addresses.ipv4) == IpFamily::kV4,
          "an IPv4 address is one");
  Require(addresses.ipv6.empty() || core::FamilyOf(addresses.ipv6) == IpFamily::kV6,
          "an IPv6 address is one");
}

void CheckTask(const core::Task& task) {
  Require(!task.arn.empty(), "a task has an ARN");
  CheckAddresses(task.interface_addresses);
  Require(task.has_network_interface || task.interface_addresses.empty(),
          "only an interface has addresses");
  for (const auto& container : task.containers) {
    CheckAddresses(container.addresses);
    for (const auto& binding : container.bindings) {
      CheckRange(binding.container);
      if (binding.host) CheckRange(*binding.host);
    }
  }
}

void CheckDefinition(const core::TaskDefinition& definition) {
  Require(!definition.arn.empty(), "a definition has an ARN");
  for (const auto& container : definition.containers) {
    for (const auto& mapping : container.port_mappings) CheckRange(mapping.container);
  }
}

void CheckOutcomes(const core::Task& task, const core::TaskDefinition& definition,
                   const core::Selection& selection) {
  static const core::IpAddresses instance{.ipv4 = "10.0.0.9", .ipv6 = "2001:db8::9"};
  static const core::IpAddresses instance_v6{.ipv4 = "", .ipv6 = "2001:db8::9"};
  for (const auto* addresses :
       {&instance, &instance_v6, static_cast<const core::IpAddresses*>(nullptr)}) {
    const core::References references{.definition = &definition, .instance = addresses};
    const auto outcomes = core::ResolveTask(task, references, selection);
    Require(outcomes.size() == task.containers.size(), "every container has one outcome");
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i]) {
        CheckTarget(*outcomes[i], task, task.containers[i]);
      } else {
        CheckSkip(outcomes[i].error());
      }
    }
    Require(outcomes == core::ResolveTask(task, references, selection), "outcomes are repeatable");
    CheckExplained(task, references, selection, outcomes);
  }
}

core::Selection ByPortLabel() {
  return {};
}

core::Selection ByDynamicDetection() {
  core::Selection selection;
  selection.dynamic_port_detection = true;
  return selection;
}

core::Selection ByFilter() {
  core::Selection selection;
  selection.filter = core::LabelFilter{.name = "TEAM", .value = "a"};
  return selection;
}

}  // namespace ecsd::fuzz
