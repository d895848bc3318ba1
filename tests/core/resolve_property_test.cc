#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/explain.h"
#include "core/ip_address.h"
#include "core/port.h"
#include "core/random_account.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/render.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/target.h"

// What must hold of every account, tried on random ones. The rules are told here a second time, as
// a set of complaints without an order, of which the resolver must give the first.
namespace ecsd::core {
namespace {

// The definitions that a container is resolved with; null where there is none.
struct Facts {
  const Task& task;
  const Container& container;
  const TaskDefinition* definition;
  const ContainerDefinition* container_definition;
  const IpAddresses* instance;
};

std::optional<std::uint16_t> LabelPort(const ContainerDefinition& definition) {
  const auto* text = definition.FindLabel("PROMETHEUS_EXPORTER_PORT");
  if (text == nullptr) return std::nullopt;
  return std::ranges::find(kPortTexts, *text, &PortText::first)->second;
}

bool HasInstanceAddress(const Facts& facts) {
  return facts.instance != nullptr &&
         !(facts.instance->ipv4.empty() && facts.instance->ipv6.empty());
}

bool HasTaskAddress(const Facts& facts) {
  const auto& own = facts.container.addresses;
  const auto& attached = facts.task.interface_addresses;
  return !(own.ipv4 + own.ipv6 + attached.ipv4 + attached.ipv6).empty();
}

std::string Mode(const Facts& facts) {
  const auto& said = facts.definition->network_mode;
  if (said == "default") return "bridge";
  if (!said.empty()) return said;
  return facts.task.has_network_interface ? "awsvpc" : "bridge";
}

bool IsReachable(const NetworkBinding& binding) {
  return binding.protocol == Protocol::kTcp && binding.host && !IsLoopback(binding.bind_ip);
}

bool IsSpecific(const NetworkBinding& binding) {
  return FamilyOf(binding.bind_ip) != IpFamily::kNone && !IsUnspecified(binding.bind_ip);
}

bool Publishes(const NetworkBinding& binding, std::uint16_t port) {
  if (!IsReachable(binding) || !binding.host) return false;
  return binding.container.first <= port && port <= binding.container.last &&
         binding.host->first + port - binding.container.first <= binding.host->last;
}

// The only one of `ranges`: no complaint if it is one port.
std::optional<Reason> NotOne(const std::set<PortRange>& ranges) {
  if (ranges.empty()) return Reason::kNoBinding;
  if (ranges.size() > 1 || !ranges.begin()->single()) return Reason::kAmbiguousBinding;
  return std::nullopt;
}

std::optional<Reason> NotOneMapped(const ContainerDefinition& definition) {
  std::set<PortRange> ranges;
  for (const auto& mapping : definition.port_mappings) {
    if (mapping.protocol == Protocol::kTcp) ranges.insert(mapping.container);
  }
  return NotOne(ranges);
}

// Twins may differ in family only; the same entry twice is one.
std::optional<Reason> NotOneBound(const Container& container) {
  std::set<PortRange> ranges;
  std::map<IpFamily, std::set<std::pair<std::string, PortRange>>> ends;
  for (const auto& binding : container.bindings) {
    if (!IsReachable(binding) || !binding.host) continue;
    ranges.insert(binding.container);
    ends[FamilyOf(binding.bind_ip)].emplace(binding.bind_ip, *binding.host);
  }
  if (const auto reason = NotOne(ranges)) return reason;
  const bool clash =
      std::ranges::any_of(ends, [](const auto& end) { return end.second.size() > 1; });
  return clash ? std::optional(Reason::kAmbiguousBinding) : std::nullopt;
}

using Complaints = std::set<Reason>;

void AddBridgeComplaints(const Facts& facts, const Selection& selection, Complaints& complaints) {
  const auto not_one = NotOneBound(facts.container);
  const auto port = LabelPort(*facts.container_definition);
  const bool is_dynamic = selection.dynamic_port_detection;
  bool is_published = false;
  bool names_its_address = false;
  for (const auto& binding : facts.container.bindings) {
    const bool fits =
        is_dynamic ? !not_one && IsReachable(binding) : port && Publishes(binding, *port);
    is_published = is_published || fits;
    names_its_address = names_its_address || (fits && IsSpecific(binding));
  }
  if (!HasInstanceAddress(facts) && !names_its_address)
    complaints.insert(Reason::kNoInstanceAddress);
  if (!is_published) complaints.insert(not_one && is_dynamic ? *not_one : Reason::kNoBinding);
}

void AddNetworkComplaints(const Facts& facts, const Selection& selection, Complaints& complaints) {
  const auto mode = Mode(facts);
  if (mode == "bridge") {
    AddBridgeComplaints(facts, selection, complaints);
    return;
  }
  if (mode != "awsvpc" && mode != "host") {
    complaints.insert(Reason::kNoNetwork);
    return;
  }
  if (mode == "awsvpc" && !HasTaskAddress(facts)) complaints.insert(Reason::kNoAddress);
  if (mode == "host" && !HasInstanceAddress(facts)) complaints.insert(Reason::kNoInstanceAddress);
  if (!selection.dynamic_port_detection) return;
  if (const auto reason = NotOneMapped(*facts.container_definition)) complaints.insert(*reason);
}

void AddLabelComplaints(const ContainerDefinition& definition, const Selection& selection,
                        Complaints& complaints) {
  const auto* dynamic = definition.FindLabel("PROMETHEUS_DYNAMIC_EXPORT");
  if (selection.dynamic_port_detection) {
    if (dynamic == nullptr || *dynamic != "1") complaints.insert(Reason::kNoDynamicLabel);
  } else if (definition.FindLabel("PROMETHEUS_EXPORTER_PORT") == nullptr) {
    complaints.insert(Reason::kNoPortLabel);
  } else if (!LabelPort(definition)) {
    complaints.insert(Reason::kInvalidPort);
  }
  if (!selection.filter) return;
  const auto* text = definition.FindLabel(selection.filter->name);
  if (text == nullptr || (selection.filter->value && *text != *selection.filter->value)) {
    complaints.insert(Reason::kFiltered);
  }
}

// All that can be said against a container, without an order.
Complaints ComplaintsOf(const Facts& facts, const Selection& selection) {
  Complaints complaints;
  const auto& task = facts.task;
  const bool runs = task.last_status == "RUNNING" || task.last_status == "ACTIVATING";
  if (task.desired_status != "RUNNING" || !runs) complaints.insert(Reason::kTaskNotRunning);
  if (facts.container.last_status == "STOPPED") complaints.insert(Reason::kContainerStopped);
  if (facts.definition == nullptr) {
    complaints.insert(Reason::kDefinitionUnavailable);
  } else if (facts.container_definition == nullptr) {
    complaints.insert(Reason::kNoDefinition);
  } else {
    AddLabelComplaints(*facts.container_definition, selection, complaints);
    AddNetworkComplaints(facts, selection, complaints);
  }
  return complaints;
}

// The host of `address` without brackets, and the port; nothing when it has not both.
std::optional<std::pair<std::string, std::uint16_t>> Split(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  auto host = address.substr(0, colon);
  const auto port = ParsePort(address.substr(colon + 1));
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const bool needs_brackets = host.find(':') != std::string::npos;
  if (host.empty() || !port || brackets != needs_brackets) return std::nullopt;
  return std::pair(host, *port);
}

// Whether the answers of the API say that the container has `port` on the outside.
bool Gives(const Facts& facts, const Selection& selection, std::uint16_t port) {
  if (Mode(facts) == "bridge") {
    return std::ranges::any_of(facts.container.bindings, [port](const NetworkBinding& binding) {
      return IsReachable(binding) && binding.host->first <= port && port <= binding.host->last;
    });
  }
  if (!selection.dynamic_port_detection) return LabelPort(*facts.container_definition) == port;
  const auto& mappings = facts.container_definition->port_mappings;
  return std::ranges::any_of(mappings, [port](const PortMapping& mapping) {
    return mapping.protocol == Protocol::kTcp && mapping.container == SinglePort(port);
  });
}

// The hosts that the container may be reached at, by the answers of the API about itself.
std::set<std::string> HostsOf(const Facts& facts) {
  std::set<std::string> hosts;
  const auto add = [&hosts](const IpAddresses& addresses) {
    hosts.insert({addresses.ipv4, addresses.ipv6});
  };
  const auto* server = facts.container_definition->FindLabel("PROMETHEUS_EXPORTER_SERVER_NAME");
  if (server != nullptr && *server == "web.example.com/") return {"web.example.com"};
  if (server != nullptr && server->find("::77") != std::string::npos) return {"2001:db8::77"};
  if (Mode(facts) == "awsvpc") {
    add(facts.container.addresses);
    add(facts.task.interface_addresses);
    return hosts;
  }
  if (facts.instance != nullptr) add(*facts.instance);
  if (Mode(facts) == "host") return hosts;
  for (const auto& binding : facts.container.bindings) {
    if (IsReachable(binding) && IsSpecific(binding)) hosts.insert(binding.bind_ip);
  }
  return hosts;
}

std::vector<Selection> Selections() {
  Selection by_label;
  Selection dynamic;
  dynamic.dynamic_port_detection = true;
  Selection filtered;
  filtered.filter = LabelFilter{.name = "TEAM", .value = std::nullopt};
  Selection filtered_dynamic = dynamic;
  filtered_dynamic.filter = LabelFilter{.name = "TEAM", .value = "a=b"};
  return {by_label, dynamic, filtered, filtered_dynamic};
}

// Calls `check(facts, selection, outcome)` for every container under every selection.
template <typename Check>
void ForEachContainer(const Account& account, const Check& check) {
  for (const auto& selection : Selections()) {
    for (const auto& task : account.tasks) {
      const auto references = account.ReferencesOf(task);
      const auto outcomes = ResolveTask(task, references, selection);
      ASSERT_EQ(outcomes.size(), task.containers.size());
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto& container = task.containers[i];
        const auto* definition = references.definition;
        check(Facts{.task = task,
                    .container = container,
                    .definition = definition,
                    .container_definition =
                        definition == nullptr ? nullptr : definition->FindContainer(container.name),
                    .instance = references.instance},
              selection, outcomes[i]);
      }
    }
  }
}

// Container ARN -> target or name of the reason. Details may list bindings in the order of the
// answer.
std::map<std::string, std::string> Results(const Account& account, const Selection& selection) {
  std::map<std::string, std::string> results;
  for (const auto& task : account.tasks) {
    const auto outcomes = ResolveTask(task, account.ReferencesOf(task), selection);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const auto& outcome = outcomes[i];
      results[task.containers[i].arn] =
          outcome ? RenderYaml({&*outcome, 1}) : std::string(ReasonName(outcome.error().reason));
    }
  }
  return results;
}

std::vector<std::string> Differences(const std::map<std::string, std::string>& left,
                                     const std::map<std::string, std::string>& right) {
  EXPECT_EQ(left.size(), right.size());
  std::vector<std::string> differences;
  for (const auto& [container, result] : left) {
    const auto found = right.find(container);
    if (found != right.end() && found->second == result) continue;
    differences.push_back(
        fmt::format("{}: {} or {}", container, result, found == right.end() ? "-" : found->second));
  }
  return differences;
}

class RandomAccountTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  [[nodiscard]] const Account& account() const { return account_; }

 private:
  Account account_ = RandomAccount(GetParam());
};

TEST_P(RandomAccountTest, AContainerIsATargetOrHasTheFirstReasonThatApplies) {
  ForEachContainer(
      account(), [](const Facts& facts, const Selection& selection, const Outcome& got) {
        const auto complaints = ComplaintsOf(facts, selection);
        const auto expected =
            complaints.empty() ? "target" : std::string(ReasonName(*complaints.begin()));
        EXPECT_EQ(got ? "target" : std::string(ReasonName(got.error().reason)), expected)
            << facts.container.arn;
      });
}

TEST_P(RandomAccountTest, ATargetHasAnAddressThatIsItsOwn) {
  ForEachContainer(
      account(), [](const Facts& facts, const Selection& selection, const Outcome& got) {
        if (!got) return;
        const auto address = Split(got->address);
        ASSERT_TRUE(address) << got->address;
        EXPECT_THAT(HostsOf(facts), testing::Contains(address->first)) << facts.container.arn;
        EXPECT_TRUE(Gives(facts, selection, address->second)) << got->address;
      });
}

TEST_P(RandomAccountTest, ContainersOfATaskShareAnAddressOnlyWhereTheApiSaysSo) {
  std::map<std::string, Facts> first;  // by selection, task and address
  ForEachContainer(account(), [&](const Facts& facts, const Selection& selection,
                                  const Outcome& got) {
    if (!got) return;
    const auto key = fmt::format("{} {} {} {}", selection.dynamic_port_detection,
                                 selection.filter.has_value(), facts.task.arn, got->address);
    const auto [other, is_first] = first.emplace(key, facts);
    const auto port = Split(got->address).value_or(std::pair("", 0)).second;
    EXPECT_TRUE(is_first ||
                (Gives(facts, selection, port) && Gives(other->second, selection, port)))
        << facts.container.arn << " and " << other->second.container.arn << ": " << got->address;
  });
}

TEST_P(RandomAccountTest, TheOrderOfTheAnswersPlaysNoPart) {
  Dice dice(GetParam());
  for (const auto& selection : Selections()) {
    const auto results = Results(account(), selection);
    for (int i = 0; i < 3; ++i) {
      const auto shuffled = Results(Shuffled(account(), dice), selection);
      EXPECT_THAT(Differences(results, shuffled), testing::IsEmpty());
    }
  }
}

TEST_P(RandomAccountTest, ExplainingSaysTheSameAndWhatToChange) {
  for (const auto& selection : Selections()) {
    for (const auto& task : account().tasks) {
      const auto references = account().ReferencesOf(task);
      const auto outcomes = ResolveTask(task, references, selection);
      const auto explanations = ExplainTask(task, references, selection);
      ASSERT_EQ(explanations.size(), outcomes.size());
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        EXPECT_EQ(explanations[i].outcome, outcomes[i]);
        EXPECT_EQ(explanations[i].change.empty(), outcomes[i].has_value()) << task.arn;
        EXPECT_EQ(explanations[i].address.empty(), !outcomes[i].has_value()) << task.arn;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomAccountTest, testing::Range<std::uint64_t>(1, 17));

TEST(RandomAccountsTest, GiveTargetsAndEveryReasonManyTimes) {
  std::map<std::string, int> counts;
  for (std::uint64_t seed = 1; seed < 17; ++seed) {
    ForEachContainer(RandomAccount(seed), [&](const Facts&, const Selection&, const Outcome& got) {
      ++counts[got ? "target" : std::string(ReasonName(got.error().reason))];
    });
  }
  EXPECT_EQ(counts.size(), kReasonCount + 1);
  for (const auto& [result, count] : counts) EXPECT_GE(count, 40) << result;
}

}  // namespace
}  // namespace ecsd::core
