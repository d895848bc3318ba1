#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/port.h"
#include "core/records.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using core::Container;
using core::NetworkBinding;
using core::PortRange;
using core::Protocol;
using core::Task;
using test::FailureOf;
using test::Must;

std::vector<Task> Tasks(std::string_view list) {
  return Must(DecodeDescribeTasks(std::string(R"({"tasks":)").append(list).append("}"))).items;
}

Task OnlyTask(std::string_view members) {
  const auto tasks = Tasks(std::string(R"([{"taskArn":"t",)").append(members).append("}]"));
  EXPECT_EQ(tasks.size(), 1U) << members;
  return tasks.empty() ? Task{} : tasks.front();
}

// The bindings of a container whose networkBindings are `list`.
std::vector<NetworkBinding> Bindings(std::string_view list) {
  const auto task = OnlyTask(
      std::string(R"("containers":[{"name":"c","networkBindings":)").append(list).append("}]"));
  EXPECT_EQ(task.containers.size(), 1U) << list;
  return task.containers.empty() ? std::vector<NetworkBinding>{} : task.containers.front().bindings;
}

constexpr PortRange Port(std::uint16_t port) {
  return {.first = port, .last = port};
}

TEST(DecodeDescribeTasksTest, ReadsAFargateTask) {
  const auto described = Must(DecodeDescribeTasks(R"({"failures":[],"tasks":[{
    "attachments":[
      {"id":"1","type":"Service Connect","status":"ATTACHED","details":[
        {"name":"privateIPv4Address","value":"10.9.9.9"}]},
      {"id":"2","type":"AmazonElasticBlockStorage","status":"ATTACHED","details":[
        {"name":"volumeId","value":"vol-1"}]},
      {"id":"3","type":"ElasticNetworkInterface","status":"ATTACHED","details":[
        {"name":"subnetId","value":"subnet-1"},
        {"name":"networkInterfaceId","value":"eni-1"},
        {"name":"macAddress","value":"0a:00:00:00:00:01"},
        {"name":"privateDnsName","value":"ip-10-0-1-5.eu-west-1.compute.internal"},
        {"name":"privateIPv4Address","value":"10.0.1.5"},
        {"name":"ipv6Address","value":"2001:db8::5"}]}],
    "attributes":[{"name":"ecs.cpu-architecture","value":"x86_64"}],
    "availabilityZone":"eu-west-1a",
    "clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
    "connectivity":"CONNECTED","connectivityAt":1700000000.123,
    "containers":[{
      "containerArn":"arn:aws:ecs:eu-west-1:111122223333:container/prod/0f/11",
      "taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f",
      "name":"web","image":"web:1","imageDigest":"sha256:0","runtimeId":"0f-1",
      "lastStatus":"RUNNING","networkBindings":[],
      "networkInterfaces":[{"attachmentId":"3","privateIpv4Address":"10.0.1.5",
                            "ipv6Address":"2001:db8::5"}],
      "healthStatus":"HEALTHY","managedAgents":[],"cpu":"0","memoryReservation":"128"}],
    "cpu":"256","memory":"512","createdAt":1.700000000123E9,"desiredStatus":"RUNNING",
    "enableExecuteCommand":false,"group":"service:web","healthStatus":"HEALTHY",
    "lastStatus":"RUNNING","launchType":"FARGATE",
    "overrides":{"containerOverrides":[{"name":"web"}],"inferenceAcceleratorOverrides":[]},
    "platformVersion":"1.4.0","startedBy":"ecs-svc/1234567890123456789","tags":[],
    "taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f",
    "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
    "version":9007199254740993,"ephemeralStorage":{"sizeInGiB":20}}]})"));
  const Task expected{
      .arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0f",
      .cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
      .definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
      .container_instance_arn = "",
      .group = "service:web",
      .desired_status = "RUNNING",
      .last_status = "RUNNING",
      .version = 9007199254740993,
      .has_network_interface = true,
      .interface_addresses = {.ipv4 = "10.0.1.5", .ipv6 = "2001:db8::5"},
      .containers = {{.arn = "arn:aws:ecs:eu-west-1:111122223333:container/prod/0f/11",
                      .name = "web",
                      .last_status = "RUNNING",
                      .addresses = {.ipv4 = "10.0.1.5", .ipv6 = "2001:db8::5"},
                      .bindings = {}}}};
  EXPECT_EQ(described, (Described<Task>{.items = {expected}, .failures = {}}));
}

TEST(DecodeDescribeTasksTest, ReadsATaskInBridgeMode) {
  EXPECT_EQ(
      OnlyTask(R"("containerInstanceArn":"arn:ci","containers":[{"containerArn":"arn:c",
      "name":"web","lastStatus":"RUNNING","networkInterfaces":[],"networkBindings":[
        {"bindIP":"0.0.0.0","containerPort":8080,"hostPort":32768,"protocol":"tcp"},
        {"bindIP":"::","containerPort":8080,"hostPort":32769,"protocol":"tcp"},
        {"bindIP":"0.0.0.0","containerPortRange":"9000-9099","hostPortRange":"49000-49099",
         "protocol":"udp"}]}],"lastStatus":"RUNNING")"),
      (Task{.arn = "t",
            .cluster_arn = "",
            .definition_arn = "",
            .container_instance_arn = "arn:ci",
            .group = "",
            .desired_status = "",
            .last_status = "RUNNING",
            .version = std::nullopt,
            .has_network_interface = false,
            .interface_addresses = {},
            .containers = {{.arn = "arn:c",
                            .name = "web",
                            .last_status = "RUNNING",
                            .addresses = {},
                            .bindings = {{.bind_ip = "0.0.0.0",
                                          .protocol = Protocol::kTcp,
                                          .container = Port(8080),
                                          .host = Port(32768)},
                                         {.bind_ip = "::",
                                          .protocol = Protocol::kTcp,
                                          .container = Port(8080),
                                          .host = Port(32769)},
                                         {.bind_ip = "0.0.0.0",
                                          .protocol = Protocol::kUdp,
                                          .container = {.first = 9000, .last = 9099},
                                          .host = PortRange{.first = 49000, .last = 49099}}}}}}));
}

TEST(DecodeDescribeTasksTest, TakesEveryMemberButTheArnForOptional) {
  const Task bare{.arn = "t",
                  .cluster_arn = "",
                  .definition_arn = "",
                  .container_instance_arn = "",
                  .group = "",
                  .desired_status = "",
                  .last_status = "",
                  .version = std::nullopt,
                  .has_network_interface = false,
                  .interface_addresses = {},
                  .containers = {}};
  EXPECT_EQ(Tasks(R"([{"taskArn":"t"}])"), std::vector{bare});
  EXPECT_EQ(OnlyTask(R"("attachments":[],"containers":[])"), bare);
  EXPECT_EQ(OnlyTask(R"("attachments":null,"containers":null,"clusterArn":null,"group":null,
      "taskDefinitionArn":null,"containerInstanceArn":null,"desiredStatus":null,
      "lastStatus":null)"),
            bare);
  auto with_container = bare;
  with_container.containers = {Container{}};
  EXPECT_EQ(OnlyTask(R"("containers":[{}])"), with_container);
  EXPECT_EQ(OnlyTask(R"("containers":[{"name":null,"containerArn":null,"lastStatus":null,
      "networkBindings":null,"networkInterfaces":null}])"),
            with_container);
  EXPECT_EQ(OnlyTask(R"("containers":[{"networkInterfaces":[{},{"privateIpv4Address":null}]}])"),
            with_container);
  auto with_interface = bare;
  with_interface.has_network_interface = true;
  EXPECT_EQ(OnlyTask(R"("attachments":[{},{"type":null},{"type":"ElasticNetworkInterface"}])"),
            with_interface);
  EXPECT_EQ(OnlyTask(R"("attachments":[{"type":"ElasticNetworkInterface","details":[{},
      {"name":"privateIPv4Address"},{"name":"privateIPv4Address","value":null},
      {"value":"10.0.0.1"}]}])"),
            with_interface);
}

TEST(DecodeDescribeTasksTest, KnowsANetworkInterfaceByTheNameOfTheApiAndOfEvents) {
  for (const auto* type : {"ElasticNetworkInterface", "eni"}) {
    const auto task = OnlyTask(std::string(R"("attachments":[{"type":")")
                                   .append(type)
                                   .append(R"(","details":[{"name":"ipv6Address","value":"fd00::1"},
          {"name":"privateIPv4Address","value":"10.0.0.1"}]}])"));
    EXPECT_TRUE(task.has_network_interface) << type;
    EXPECT_EQ(task.interface_addresses, (core::IpAddresses{.ipv4 = "10.0.0.1", .ipv6 = "fd00::1"}))
        << type;
  }
}

TEST(DecodeDescribeTasksTest, TakesAttachmentsOfOtherTypesForNoInterface) {
  for (const auto* type : {"AmazonElasticBlockStorage", "Service Connect", "Future", ""}) {
    const auto task = OnlyTask(std::string(R"("attachments":[{"type":")")
                                   .append(type)
                                   .append(R"(","details":[{"name":"privateIPv4Address",
                                             "value":"10.0.0.1"}]}])"));
    EXPECT_FALSE(task.has_network_interface) << type;
    EXPECT_EQ(task.interface_addresses, core::IpAddresses()) << type;
  }
}

TEST(DecodeDescribeTasksTest, KeepsTheFirstAddressOfEachFamilyAndOnlyAddresses) {
  const auto task = OnlyTask(R"("containers":[{"networkInterfaces":[
      {"privateIpv4Address":"not one","ipv6Address":"10.0.0.1"},
      {"privateIpv4Address":"10.0.0.2","ipv6Address":"fd00::2"},
      {"privateIpv4Address":"10.0.0.3","ipv6Address":"fd00::3"}]}])");
  ASSERT_EQ(task.containers.size(), 1U);
  EXPECT_EQ(task.containers.front().addresses,
            (core::IpAddresses{.ipv4 = "10.0.0.2", .ipv6 = "fd00::2"}));
}

TEST(DecodeDescribeTasksTest, TakesAHostPortOfZeroForNotChosenYet) {
  const NetworkBinding unchosen{
      .bind_ip = "", .protocol = Protocol::kTcp, .container = Port(80), .host = std::nullopt};
  EXPECT_EQ(Bindings(R"([{"containerPort":80,"hostPort":0},{"containerPort":80},
                         {"containerPort":80,"hostPort":null},{"containerPort":80,"hostPort":-1},
                         {"containerPort":80,"hostPort":65536}])"),
            std::vector(5, unchosen));
}

TEST(DecodeDescribeTasksTest, TakesNoProtocolForTcpAndKnowsUdp) {
  const auto bindings = Bindings(R"([{"containerPort":1},{"containerPort":1,"protocol":null},
      {"containerPort":1,"protocol":"tcp"},{"containerPort":1,"protocol":"TCP"},
      {"containerPort":1,"protocol":"udp"},{"containerPort":1,"protocol":"sctp"}])");
  std::vector<Protocol> protocols;
  protocols.reserve(bindings.size());
  for (const auto& binding : bindings) protocols.push_back(binding.protocol);
  EXPECT_EQ(protocols, (std::vector{Protocol::kTcp, Protocol::kTcp, Protocol::kTcp, Protocol::kTcp,
                                    Protocol::kUdp, Protocol::kOther}));
}

TEST(DecodeDescribeTasksTest, LeavesOutBindingsWithoutAContainerPort) {
  EXPECT_EQ(Bindings(R"([{},{"hostPort":80},{"containerPort":0,"hostPort":80},
      {"containerPort":65536,"hostPort":80},{"containerPort":-1,"hostPort":80},
      {"containerPortRange":"9-1","hostPortRange":"1-9"},{"containerPortRange":"x"},
      {"containerPortRange":"0-5"},{"containerPortRange":"1-65536"}])"),
            std::vector<NetworkBinding>());
}

TEST(DecodeDescribeTasksTest, LeavesOutATaskWithAMemberOfAnotherType) {
  for (const auto* members :
       {R"("group":1)",
        R"("lastStatus":{})",
        R"("version":"7")",
        R"("version":1.5)",
        R"("version":9223372036854775808)",
        R"("containers":{})",
        R"("containers":"x")",
        R"("containers":[null])",
        R"("containers":["x"])",
        R"("containers":[{"name":1}])",
        R"("containers":[{"networkBindings":{}}])",
        R"("containers":[{"networkBindings":[1]}])",
        R"("containers":[{"networkBindings":[{"containerPort":"80"}]}])",
        R"("containers":[{"networkBindings":[{"containerPort":80.5}]}])",
        R"("containers":[{"networkBindings":[{"containerPort":18446744073709551615}]}])",
        R"("containers":[{"networkBindings":[{"hostPort":true}]}])",
        R"("containers":[{"networkBindings":[{"containerPortRange":[1,2]}]}])",
        R"("containers":[{"networkInterfaces":[{"ipv6Address":false}]}])",
        R"("attachments":[null])",
        R"("attachments":[{"type":1}])",
        R"("attachments":[{"type":"eni","details":{}}])",
        R"("attachments":[{"type":"eni","details":[1]}])",
        R"("attachments":[{"type":"eni","details":[{"name":"ipv6Address","value":1}]}])"}) {
    const auto list =
        std::string(R"([{"taskArn":"bad",)").append(members).append(R"(},{"taskArn":"good"}])");
    const auto tasks = Tasks(list);
    ASSERT_EQ(tasks.size(), 1U) << members;
    EXPECT_EQ(tasks.front().arn, "good") << members;
  }
}

TEST(DecodeDescribeTasksTest, LeavesOutATaskWhoseContainersNameAnotherTask) {
  EXPECT_EQ(
      OnlyTask(
          R"("containers":[{"taskArn":"t"},{"taskArn":null},{"taskArn":"arn:task-definition/web:7"}])")
          .containers.size(),
      3U)
      << "moto has the ARN of the task definition";
  EXPECT_EQ(
      Tasks(
          R"([{"taskArn":"a:task/t","containers":[{"taskArn":"a:task/t"},{"taskArn":"a:task/u"}]}])"),
      std::vector<Task>());
}

TEST(DecodeDescribeTasksTest, LeavesOutATaskWithoutAnArn) {
  EXPECT_EQ(Tasks(R"([{},{"taskArn":null},{"taskArn":""},{"taskArn":3},null,[],"t"])"),
            std::vector<Task>());
}

TEST(DecodeDescribeTasksTest, OverlooksOddMembersThatItDoesNotRead) {
  EXPECT_EQ(OnlyTask(R"("tags":"x","overrides":[],"cpu":{},"createdAt":"yesterday",
      "containers":[{"cpu":null,"exitCode":"x"}])")
                .containers,
            std::vector{Container{}});
}

TEST(DecodeDescribeTasksTest, ReadsFailuresOfTasksThatAreGone) {
  EXPECT_EQ(
      Must(DecodeDescribeTasks(R"({"tasks":[],"failures":[{"arn":"arn:t","reason":"MISSING"}]})")),
      (Described<Task>{.items = {},
                       .failures = {{.arn = "arn:t", .reason = "MISSING", .detail = ""}}}));
}

TEST(DecodeDescribeTasksTest, RefusesAnAnswerWithoutTasks) {
  for (const auto* body : {"", "{", "{}", R"({"tasks":null})", R"({"tasks":{}})",
                           R"({"failures":[]})", "<html></html>"}) {
    EXPECT_EQ(FailureOf(DecodeDescribeTasks(body)).kind, support::ErrorKind::kMalformed) << body;
  }
}

// A number that fits nowhere makes the whole text no JSON for the parser; the call is repeated.
TEST(DecodeDescribeTasksTest, RefusesNumbersBeyondAllBounds) {
  for (const auto* number : {"123456789012345678901234567890", "1e999"}) {
    const auto body = std::string(R"({"tasks":[{"taskArn":"t","version":)") + number + "}]}";
    EXPECT_EQ(FailureOf(DecodeDescribeTasks(body)).kind, support::ErrorKind::kMalformed) << body;
  }
}

TEST(DecodeDescribeTasksTest, SurvivesDeepNesting) {
  const std::string deep = R"({"tasks":)" + std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(FailureOf(DecodeDescribeTasks(deep + "}")).kind, support::ErrorKind::kMalformed);
}

TEST(DecodeDescribeTasksTest, ReadsUnicodeAndEscapes) {
  EXPECT_EQ(OnlyTask(R"("group":"\u00e9\ud83d\ude80\n\"\\\/)"
                     "\xC3\xA9"
                     R"(")")
                .group,
            "\xC3\xA9\xF0\x9F\x9A\x80\n\"\\/\xC3\xA9");
  EXPECT_EQ(OnlyTask(R"("group":"a\u0000b")").group, std::string("a\0b", 3));
}

}  // namespace
}  // namespace ecsd::aws
