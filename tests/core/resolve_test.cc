#include "core/resolve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

// One container in one task, as the APIs would describe it, and what must come of it: "host:port",
// or the name of the reason. A row changes only what it is about.
struct Case {
  std::string name = {};
  std::string expected = {};
  std::string mode = {};  // of the task definition; empty: it says none
  IpAddresses instance = {"10.0.0.9", ""};
  std::string instance_id = "i-0a";
  bool instance_known = true;
  bool has_interface = false;
  IpAddresses interface = {};
  IpAddresses container = {};
  std::vector<NetworkBinding> bindings = {};
  std::vector<PortMapping> mappings = {};
  Labels labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}};
  bool dynamic = false;
  std::string filter = {};
  std::string filter_value = {};
  std::string desired_status = "RUNNING";
  std::string last_status = "RUNNING";
  std::string container_status = "RUNNING";
  std::string definition_name = "app";
  bool definition_known = true;
};

NetworkBinding Bound(int container_port, int host_port, std::string bind_ip = "0.0.0.0",
                     Protocol protocol = Protocol::kTcp) {
  return {.bind_ip = std::move(bind_ip),
          .protocol = protocol,
          .container = SinglePort(container_port).value(),
          .host = SinglePort(host_port)};
}

NetworkBinding BoundRange(std::string_view container, std::string_view host,
                          std::string bind_ip = "0.0.0.0") {
  return {.bind_ip = std::move(bind_ip),
          .protocol = Protocol::kTcp,
          .container = ParsePortRange(container).value(),
          .host = ParsePortRange(host)};
}

PortMapping Mapped(int port, Protocol protocol = Protocol::kTcp) {
  return {.container = SinglePort(port).value(), .protocol = protocol};
}

PortMapping Fixed(int port, std::uint16_t host) {
  return {.container = SinglePort(port).value(), .protocol = Protocol::kTcp, .host = host};
}

Selection SelectionOf(const Case& row) {
  Selection selection;
  selection.dynamic_port_detection = row.dynamic;
  if (!row.filter.empty()) {
    selection.filter = LabelFilter{
        .name = row.filter,
        .value = row.filter_value.empty() ? std::nullopt : std::optional(row.filter_value)};
  }
  return selection;
}

Outcome ResolveOne(const Case& row) {
  Task task;
  task.desired_status = row.desired_status;
  task.last_status = row.last_status;
  task.definition_arn = "definition";
  task.container_instance_arn = "instance";
  task.has_network_interface = row.has_interface;
  task.interface_addresses = row.interface;
  task.containers.push_back({.arn = "container",
                             .name = "app",
                             .last_status = row.container_status,
                             .addresses = row.container,
                             .bindings = row.bindings});
  TaskDefinition definition;
  definition.network_mode = row.mode;
  definition.containers.push_back({.name = row.definition_name,
                                   .image = "image",
                                   .docker_labels = row.labels,
                                   .port_mappings = row.mappings});
  const References references{.definition = row.definition_known ? &definition : nullptr,
                              .instance = row.instance_known ? &row.instance : nullptr,
                              .instance_id = row.instance_id};
  return ResolveTask(task, references, SelectionOf(row)).front();
}

std::string Shown(const Outcome& outcome) {
  return outcome ? outcome->address : std::string(ReasonName(outcome.error().reason));
}

const Labels kDynamic = {{"PROMETHEUS_DYNAMIC_EXPORT", "1"}};

Labels PortLabel(std::string text) {
  return {{"PROMETHEUS_EXPORTER_PORT", std::move(text)}};
}

// clang-format off
const std::vector<Case> kCases = {
    // awsvpc: Fargate, EC2 and Managed Instances alike. The instance's address plays no part.
    {.name = "AwsvpcTakesTheContainersOwnV4Address", .expected = "10.1.0.1:9102", .mode = "awsvpc",
     .has_interface = true, .interface = {"10.1.0.2", ""}, .container = {"10.1.0.1", "2001:db8::1"}},
    {.name = "AwsvpcTakesTheAttachmentsV4BeforeTheContainersV6", .expected = "10.1.0.2:9102", .mode = "awsvpc",
     .has_interface = true, .interface = {"10.1.0.2", ""}, .container = {"", "2001:db8::1"}},
    {.name = "AwsvpcTakesTheContainersV6WhenThereIsNoV4", .expected = "[2001:db8::1]:9102", .mode = "awsvpc",
     .has_interface = true, .interface = {"", "2001:db8::2"}, .container = {"", "2001:db8::1"}},
    {.name = "AwsvpcTakesTheAttachmentsV6Last", .expected = "[2001:db8::2]:9102", .mode = "awsvpc",
     .has_interface = true, .interface = {"", "2001:db8::2"}},
    {.name = "AwsvpcWithoutInstanceIsReached", .expected = "10.1.0.1:9102", .mode = "awsvpc", .instance_known = false,
     .has_interface = true, .container = {"10.1.0.1", ""}},
    {.name = "AwsvpcNeedsNoBindingAndNoMapping", .expected = "10.1.0.1:1", .mode = "awsvpc",
     .has_interface = true, .container = {"10.1.0.1", ""}, .labels = PortLabel("1")},
    {.name = "AwsvpcWithoutInterfaceHasNoAddressNotTheHosts", .expected = "no_address", .mode = "awsvpc"},
    {.name = "AwsvpcWithAnInterfaceThatHasNoAddressYet", .expected = "no_address", .mode = "awsvpc", .has_interface = true},

    // bridge, and Windows' default.
    {.name = "BridgeTakesTheHostPortOfTheBinding", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(8080, 31000), Bound(9102, 32768)}},
    {.name = "WindowsDefaultIsLikeBridge", .expected = "10.0.0.9:32768", .mode = "default", .bindings = {Bound(9102, 32768)}},
    {.name = "NoModeWithoutInterfaceIsBridge", .expected = "10.0.0.9:32768", .bindings = {Bound(9102, 32768)}},
    {.name = "NoModeWithInterfaceIsAwsvpc", .expected = "10.1.0.1:9102", .has_interface = true, .interface = {"10.1.0.1", ""}},
    {.name = "BridgeOnAnInstanceWithV6Only", .expected = "[2001:db8::9]:32768", .mode = "bridge",
     .instance = {"", "2001:db8::9"}, .bindings = {Bound(9102, 32768, "::")}},
    {.name = "BridgeTwinsGiveThePortOfTheAddresssFamily", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(9102, 32800, "::"), Bound(9102, 32768)}},
    {.name = "BridgeTwinsOnAnInstanceWithV6Only", .expected = "[2001:db8::9]:32800", .mode = "bridge",
     .instance = {"", "2001:db8::9"}, .bindings = {Bound(9102, 32768), Bound(9102, 32800, "::")}},
    {.name = "BridgeTakesABindingOfNoAddressForOneOfAnyFamily", .expected = "10.0.0.9:32800", .mode = "bridge",
     .bindings = {Bound(9102, 32768, "::"), Bound(9102, 32800, "")}},
    {.name = "BridgeTakesTheOtherFamilyWhenItIsTheOnlyOne", .expected = "10.0.0.9:32800", .mode = "bridge",
     .bindings = {Bound(9102, 32800, "::")}},
    {.name = "BridgeBindingWithoutBindIp", .expected = "10.0.0.9:32768", .mode = "bridge", .bindings = {Bound(9102, 32768, "")}},
    {.name = "BridgeSpecificBindIpIsTheAddress", .expected = "10.0.7.7:32768", .mode = "bridge",
     .bindings = {Bound(9102, 32768, "10.0.7.7")}},
    {.name = "BridgeSpecificBindIpNeedsNoInstance", .expected = "10.0.7.7:32768", .mode = "bridge", .instance_known = false,
     .bindings = {Bound(9102, 32768, "10.0.7.7")}},
    {.name = "BridgeLoopbackBindingIsNone", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(9102, 32768, "127.0.0.1"), Bound(9102, 32769, "::1")}},
    {.name = "BridgeUdpBesideTcp", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(9102, 31999, "0.0.0.0", Protocol::kUdp), Bound(9102, 32768)}},
    {.name = "BridgeUdpAlone", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(9102, 31999, "0.0.0.0", Protocol::kUdp)}},
    {.name = "BridgePortRangeKeepsTheOffset", .expected = "10.0.0.9:40002", .mode = "bridge",
     .bindings = {BoundRange("9100-9110", "40000-40010")}},
    {.name = "BridgePortOutsideTheRange", .expected = "no_binding", .mode = "bridge",
     .bindings = {BoundRange("9103-9110", "40000-40007")}},
    {.name = "BridgeRangeWithFewerHostPorts", .expected = "no_binding", .mode = "bridge",
     .bindings = {BoundRange("9100-9110", "40000-40001")}},
    {.name = "BridgeHostPortNotChosenYet", .expected = "no_binding", .mode = "bridge", .bindings = {Bound(9102, 0)}},
    {.name = "BridgeWithoutBindings", .expected = "no_binding", .mode = "bridge", .mappings = {Mapped(9102)}},
    {.name = "BridgeLabelWithTheHostPort", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(8080, 9102)}},
    {.name = "BridgeWithoutInstance", .expected = "no_instance_address", .mode = "bridge", .instance_known = false,
     .bindings = {Bound(9102, 32768)}},
    {.name = "BridgeOnAnInstanceWithoutAddress", .expected = "no_instance_address", .mode = "bridge", .instance = {"", ""},
     .bindings = {Bound(9102, 32768)}},

    // Addresses that no other machine reaches.
    {.name = "AwsvpcLinkLocalIsNoAddress", .expected = "no_address", .mode = "awsvpc", .has_interface = true,
     .interface = {"169.254.172.2", "fe80::1"}},
    {.name = "AwsvpcTakesTheNextAddressThatIsReachable", .expected = "[2001:db8::1]:9102", .mode = "awsvpc",
     .has_interface = true, .interface = {"0.0.0.0", ""}, .container = {"169.254.172.2", "2001:db8::1"}},
    {.name = "AwsvpcOnLoopbackIsAStandIn", .expected = "127.0.0.1:9102", .mode = "awsvpc", .has_interface = true,
     .interface = {"127.0.0.1", ""}},
    {.name = "HostOnLoopback", .expected = "no_instance_address", .mode = "host", .instance = {"127.0.0.1", ""}},
    {.name = "HostOnAMachineOfLoopback", .expected = "no_instance_address", .mode = "host",
     .instance = {"127.11.0.1", ""}, .instance_id = "mi-0a"},
    {.name = "HostOnLinkLocalWithAV6AddressTakesThat", .expected = "[2001:db8::9]:9102", .mode = "host",
     .instance = {"169.254.7.8", "2001:db8::9"}, .instance_id = "mi-0a"},
    {.name = "HostOnMappedLoopback", .expected = "no_instance_address", .mode = "host",
     .instance = {"", "::ffff:127.0.0.1"}, .instance_id = "mi-0a"},
    {.name = "BridgeOnLinkLocal", .expected = "no_instance_address", .mode = "bridge",
     .instance = {"169.254.7.8", "fe80::1"}, .instance_id = "mi-0a", .bindings = {Bound(9102, 32768)}},
    {.name = "BridgeOnDockersBridgeIsKept", .expected = "172.17.0.1:32768", .mode = "bridge",
     .instance = {"172.17.0.1", ""}, .instance_id = "mi-0a", .bindings = {Bound(9102, 32768)}},
    {.name = "BridgeBoundToLinkLocalIsNoBinding", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(9102, 32768, "169.254.7.8")}},

    // A fixed host port stands in for a binding that is not reported.
    {.name = "BridgeFixedHostPortWithoutBindings", .expected = "10.0.0.9:19102", .mode = "bridge",
     .mappings = {Mapped(53, Protocol::kUdp), Fixed(9102, 19102)}},
    {.name = "DefaultFixedHostPortWithoutBindings", .expected = "10.0.0.9:19102", .mode = "default",
     .mappings = {Fixed(9102, 19102)}},
    {.name = "BridgeFixedHostPortOfAnotherPort", .expected = "no_binding", .mode = "bridge",
     .mappings = {Fixed(8080, 9102)}},
    {.name = "BridgeReportedBindingWins", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(9102, 32768)}, .mappings = {Fixed(9102, 19102)}},
    {.name = "BridgeReportedLoopbackBindingWins", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(9102, 19102, "127.0.0.1")}, .mappings = {Fixed(9102, 19102)}},
    {.name = "BridgeOtherBindingsAreNoReport", .expected = "10.0.0.9:19102", .mode = "bridge",
     .bindings = {Bound(8080, 32768)}, .mappings = {Fixed(9102, 19102)}},
    {.name = "BridgeFixedHostPortOfAContainerThatStarts", .expected = "no_binding", .mode = "bridge",
     .mappings = {Fixed(9102, 19102)}, .container_status = "PENDING"},
    {.name = "BridgeFixedHostPortNeedsTheInstance", .expected = "no_instance_address", .mode = "bridge",
     .instance_known = false, .mappings = {Fixed(9102, 19102)}},
    {.name = "DynamicFixedHostPortWithoutBindings", .expected = "10.0.0.9:19102", .mode = "bridge",
     .mappings = {Fixed(8080, 19102)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithOtherBindingsTakesNoMapping", .expected = "no_binding", .mode = "bridge",
     .bindings = {Bound(53, 32768, "0.0.0.0", Protocol::kUdp)}, .mappings = {Fixed(8080, 19102)},
     .labels = kDynamic, .dynamic = true},
    {.name = "DynamicMappedWithoutBindings", .expected = "no_binding", .mode = "bridge",
     .mappings = {Mapped(8080)}, .labels = kDynamic, .dynamic = true},

    // host.
    {.name = "HostTakesTheInstanceAndTheLabelsPort", .expected = "10.0.0.9:9102", .mode = "host"},
    {.name = "HostPaysNoHeedToBindings", .expected = "10.0.0.9:9102", .mode = "host", .bindings = {Bound(8080, 31000)}},
    {.name = "HostOnAnInstanceWithV6Only", .expected = "[2001:db8::9]:9102", .mode = "host", .instance = {"", "2001:db8::9"}},
    {.name = "HostDualStackTakesV4", .expected = "10.0.0.9:9102", .mode = "host", .instance = {"10.0.0.9", "2001:db8::9"}},
    {.name = "HostWithoutInstance", .expected = "no_instance_address", .mode = "host", .instance_known = false},

    // none, and modes that are not known.
    {.name = "NoneHasNoNetwork", .expected = "no_network", .mode = "none", .bindings = {Bound(9102, 32768)}},
    {.name = "UnknownModeIsNotGuessed", .expected = "no_network", .mode = "daemon_bridge", .bindings = {Bound(9102, 32768)}},

    // Dynamic port detection.
    {.name = "DynamicTakesTheOnlyBinding", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(8080, 32768)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicCountsTwinsOnce", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(8080, 32800, "::"), Bound(8080, 32768)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicCountsARepeatedEntryOnce", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(8080, 32768), Bound(8080, 32768)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicLeavesOutUdpAndLoopback", .expected = "10.0.0.9:32768", .mode = "bridge",
     .bindings = {Bound(53, 32053, "0.0.0.0", Protocol::kUdp), Bound(8080, 32768), Bound(9000, 32000, "127.0.0.1")},
     .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithTwoPorts", .expected = "ambiguous_binding", .mode = "bridge",
     .bindings = {Bound(8080, 32768), Bound(9102, 32769)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithOnePortBoundTwice", .expected = "ambiguous_binding", .mode = "bridge",
     .bindings = {Bound(8080, 32768), Bound(8080, 32769)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithARange", .expected = "ambiguous_binding", .mode = "bridge",
     .bindings = {BoundRange("8000-8010", "40000-40010")}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithoutBindings", .expected = "no_binding", .mode = "bridge", .labels = kDynamic, .dynamic = true},
    {.name = "DynamicWithoutInstance", .expected = "no_instance_address", .mode = "bridge", .instance_known = false,
     .bindings = {Bound(8080, 32768)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicInAwsvpcTakesTheOnlyMapping", .expected = "10.1.0.1:8080", .mode = "awsvpc", .has_interface = true,
     .container = {"10.1.0.1", ""}, .mappings = {Mapped(8080), Mapped(53, Protocol::kUdp)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicInHostTakesTheOnlyMapping", .expected = "10.0.0.9:8080", .mode = "host",
     .mappings = {Mapped(8080)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicInHostWithTwoMappings", .expected = "ambiguous_binding", .mode = "host",
     .mappings = {Mapped(8080), Mapped(9102)}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicInAwsvpcWithoutMapping", .expected = "no_binding", .mode = "awsvpc", .has_interface = true,
     .container = {"10.1.0.1", ""}, .labels = kDynamic, .dynamic = true},
    {.name = "DynamicNeedsItsOwnLabel", .expected = "no_dynamic_label", .mode = "host", .mappings = {Mapped(8080)}, .dynamic = true},
    {.name = "DynamicLabelMustBeOne", .expected = "no_dynamic_label", .mode = "host", .mappings = {Mapped(8080)},
     .labels = {{"PROMETHEUS_DYNAMIC_EXPORT", "true"}}, .dynamic = true},
    {.name = "DynamicLabelIsNothingInStaticMode", .expected = "no_port_label", .mode = "host", .mappings = {Mapped(8080)}, .labels = kDynamic},

    // Docker labels.
    {.name = "NoPortLabel", .expected = "no_port_label", .mode = "host", .labels = {}},
    {.name = "EmptyPortLabel", .expected = "invalid_port", .mode = "host", .labels = PortLabel("")},
    {.name = "PortLabelThatIsNoPort", .expected = "invalid_port", .mode = "host", .labels = PortLabel("65536")},
    {.name = "PortLabelWithBlanksAndPlus", .expected = "10.0.0.9:9102", .mode = "host", .labels = PortLabel(" +9102\n")},
    {.name = "FilterByPresence", .expected = "10.0.0.9:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"TEAM", ""}}, .filter = "TEAM"},
    {.name = "FilterByAbsence", .expected = "filtered", .mode = "host", .filter = "TEAM"},
    {.name = "FilterByValueWithAnEqualsSign", .expected = "10.0.0.9:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"TEAM", "a=b"}}, .filter = "TEAM", .filter_value = "a=b"},
    {.name = "FilterByAnotherValue", .expected = "filtered", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"TEAM", "ab"}}, .filter = "TEAM", .filter_value = "a"},
    {.name = "FilterHoldsInDynamicMode", .expected = "filtered", .mode = "host", .mappings = {Mapped(8080)},
     .labels = kDynamic, .dynamic = true, .filter = "TEAM"},
    {.name = "ServerNameTakesThePlaceOfTheAddress", .expected = "svc.example.com:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"PROMETHEUS_EXPORTER_SERVER_NAME", "svc.example.com///"}}},
    {.name = "ServerNameTakesTheHostPortInBridge", .expected = "svc.example.com:32768", .mode = "bridge",
     .bindings = {Bound(9102, 32768)},
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"PROMETHEUS_EXPORTER_SERVER_NAME", "svc.example.com"}}},
    {.name = "ServerNameThatIsAV6AddressIsBracketed", .expected = "[2001:db8::7]:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"PROMETHEUS_EXPORTER_SERVER_NAME", "2001:db8::7"}}},
    {.name = "ServerNameInBracketsStays", .expected = "[2001:db8::7]:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"PROMETHEUS_EXPORTER_SERVER_NAME", "[2001:db8::7]"}}},
    {.name = "EmptyServerNameIsNone", .expected = "10.0.0.9:9102", .mode = "host",
     .labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}, {"PROMETHEUS_EXPORTER_SERVER_NAME", "//"}}},

    // Status, and the order of the reasons: each row also has what a later reason would complain of.
    {.name = "ActivatingTaskIsATarget", .expected = "10.0.0.9:9102", .mode = "host", .last_status = "ACTIVATING"},
    {.name = "PendingTask", .expected = "task_not_running", .mode = "host", .last_status = "PENDING"},
    {.name = "TaskThatIsToStop", .expected = "task_not_running", .mode = "host", .desired_status = "STOPPED", .container_status = "STOPPED"},
    {.name = "TaskOfUnknownStatus", .expected = "task_not_running", .mode = "host", .last_status = "HIBERNATING"},
    {.name = "TaskWithoutStatus", .expected = "task_not_running", .mode = "host", .desired_status = "", .last_status = ""},
    {.name = "StoppedInitContainer", .expected = "container_stopped", .mode = "host", .container_status = "STOPPED", .definition_known = false},
    {.name = "ContainerOfAnotherStatusIsATarget", .expected = "10.0.0.9:9102", .mode = "host", .container_status = ""},
    {.name = "DefinitionThatCouldNotBeRead", .expected = "definition_unavailable", .mode = "host", .definition_known = false},
    {.name = "ContainerThatAwsAdded", .expected = "no_definition", .mode = "none", .labels = {}, .definition_name = "other"},
    {.name = "NoPortLabelBeforeNoNetwork", .expected = "no_port_label", .mode = "none", .labels = {}},
    {.name = "FilteredBeforeInvalidPort", .expected = "filtered", .mode = "none", .labels = PortLabel("x"), .filter = "TEAM"},
    {.name = "InvalidPortBeforeNoNetwork", .expected = "invalid_port", .mode = "none", .labels = PortLabel("x")},
    {.name = "NoInstanceAddressBeforeNoBinding", .expected = "no_instance_address", .mode = "bridge", .instance_known = false},
};
// clang-format on

class ResolveTaskTest : public testing::TestWithParam<Case> {};

TEST_P(ResolveTaskTest, GivesTheTargetOrTheReason) {
  EXPECT_EQ(Shown(ResolveOne(GetParam())), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Table, ResolveTaskTest, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

TEST(ResolveTaskTest, NeverHangsOnTheOrderOfBindings) {
  for (auto row : kCases) {
    std::ranges::reverse(row.bindings);
    std::ranges::reverse(row.mappings);
    EXPECT_EQ(Shown(ResolveOne(row)), row.expected) << row.name;
  }
}

TEST(ResolveTaskTest, GivesTheLabelsOfTheTarget) {
  const Task task{.arn = "task-arn",
                  .cluster_arn = "cluster-arn",
                  .definition_arn = "definition",
                  .container_instance_arn = {},
                  .group = "service:web",
                  .desired_status = "RUNNING",
                  .last_status = "RUNNING",
                  .has_network_interface = true,
                  .interface_addresses = {"10.1.0.1", ""},
                  .containers = {{.arn = "container-arn",
                                  .name = "app",
                                  .last_status = {},
                                  .addresses = {},
                                  .bindings = {}}}};
  const TaskDefinition definition{
      .arn = "definition",
      .family = "web",
      .revision = 7,
      .network_mode = "awsvpc",
      .containers = {{.name = "app",
                      .image = "repo/web:1",
                      .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"},
                                        {"PROMETHEUS_EXPORTER_PATH", "/m?x=1 "},
                                        {"PROMETHEUS_EXPORTER_SCHEME", "HTTPS"},
                                        {"PROMETHEUS_EXPORTER_JOB_NAME", " lead"}},
                      .port_mappings = {}}}};

  const auto outcomes = ResolveTask(task, {.definition = &definition}, {});

  EXPECT_EQ(outcomes, (std::vector<Outcome>{Target{.address = "10.1.0.1:9102",
                                                   .labels = {{"task_arn", "task-arn"},
                                                              {"task_name", "web"},
                                                              {"job", " lead"},
                                                              {"task_revision", "7"},
                                                              {"task_group", "service:web"},
                                                              {"cluster_arn", "cluster-arn"},
                                                              {"container_name", "app"},
                                                              {"container_arn", "container-arn"},
                                                              {"docker_image", "repo/web:1"},
                                                              {"__metrics_path__", "/m?x=1 "},
                                                              {"__scheme__", "HTTPS"}}}}));
}

TEST(ResolveTaskTest, GivesEveryContainerOneOutcomeByName) {
  Task task;
  task.desired_status = "RUNNING";
  task.last_status = "RUNNING";
  task.containers = {
      {.arn = {},
       .name = "sidecar",
       .last_status = {},
       .addresses = {"10.1.0.1", ""},
       .bindings = {}},
      {.arn = {}, .name = "app", .last_status = {}, .addresses = {}, .bindings = {}}};
  TaskDefinition definition;
  definition.network_mode = "awsvpc";
  definition.containers = {
      {.name = "app", .image = {}, .docker_labels = PortLabel("1"), .port_mappings = {}},
      {.name = "sidecar", .image = {}, .docker_labels = PortLabel("2"), .port_mappings = {}},
      {.name = "not in the task",
       .image = {},
       .docker_labels = PortLabel("3"),
       .port_mappings = {}}};

  const auto outcomes = ResolveTask(task, {.definition = &definition}, {});

  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(Shown(outcomes[0]), "10.1.0.1:2");
  // The address of one container never serves another.
  EXPECT_EQ(Shown(outcomes[1]), "no_address");
}

TEST(SkipDetailTest, NamesTheContainerPortWhenTheLabelHasTheHostPort) {
  Case row{.name = {}, .expected = {}, .mode = "bridge"};
  row.bindings = {Bound(8080, 32768)};
  row.labels = PortLabel("32768");
  EXPECT_EQ(
      ResolveOne(row).error().detail,
      "the label says 32768, which is a host port; it must be the container port: 8080; bindings: "
      "8080->32768/tcp on 0.0.0.0");
}

TEST(SkipDetailTest, NamesTheAddressThatNoOtherMachineReaches) {
  const auto detail_of = [](const Case& row) { return ResolveOne(row).error().detail; };
  EXPECT_EQ(detail_of({.mode = "host", .instance = {"127.0.0.1", ""}, .instance_id = "mi-0a"}),
            "no private address is known for container instance mi-0a: Systems Manager reports "
            "127.0.0.1, a loopback address");
  EXPECT_EQ(detail_of({.mode = "host", .instance = {"0.0.0.0", "fe80::1"}}),
            "no private address is known for container instance i-0a: EC2 reports 0.0.0.0, an "
            "unspecified address");
  EXPECT_EQ(detail_of({.mode = "awsvpc", .container = {"", "fe80::1"}}),
            "ECS reports fe80::1, a link-local address");
}

// It used to give the advice to map the port, which is mapped.
TEST(SkipDetailTest, ReportsABindingThatEcsOwes) {
  EXPECT_EQ(ResolveOne({.mode = "bridge", .mappings = {Mapped(9102)}}).error().detail,
            "the definition maps port 9102; ECS has not reported the binding yet; check the ECS "
            "agent; bindings: none");
}

TEST(SkipDetailTest, ListsTheBindingsThatThereAre) {
  Case row{.name = {}, .expected = {}, .mode = "bridge"};
  row.bindings = {Bound(53, 32770, "", Protocol::kUdp),
                  BoundRange("8000-8001", "40000-40001", "::"), Bound(80, 0)};
  row.labels = PortLabel("9090");
  EXPECT_EQ(
      ResolveOne(row).error().detail,
      "the label says 9090, but no tcp binding has that container port; bindings: 53->32770/udp, "
      "8000-8001->40000-40001/tcp on ::, 80->?/tcp on 0.0.0.0");
}

TEST(ReasonTest, EveryReasonHasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kReasonCount; ++i)
    names.push_back(ReasonName(static_cast<Reason>(i)));
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(std::ranges::count(names, "unknown"), 0);
}

TEST(NeedsInstanceTest, HoldsForBridgeAndHostOnly) {
  const Task task;
  Task with_interface;
  with_interface.has_network_interface = true;
  const auto mode = [](const char* name) {
    TaskDefinition definition;
    definition.network_mode = name;
    return definition;
  };
  EXPECT_TRUE(NeedsInstance(task, mode("bridge")));
  EXPECT_TRUE(NeedsInstance(task, mode("default")));
  EXPECT_TRUE(NeedsInstance(task, mode("host")));
  EXPECT_TRUE(NeedsInstance(task, mode("")));
  EXPECT_FALSE(NeedsInstance(with_interface, mode("")));
  EXPECT_FALSE(NeedsInstance(task, mode("awsvpc")));
  EXPECT_FALSE(NeedsInstance(task, mode("none")));
}

}  // namespace
}  // namespace ecsd::core
