#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/port.h"
#include "core/records.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using core::ContainerDefinition;
using core::ContainerInstance;
using core::Protocol;
using core::TaskDefinition;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

using Labels = std::vector<std::pair<std::string, std::string>>;

std::string Answer(std::string_view members) {
  return std::string(R"({"taskDefinition":{"taskDefinitionArn":"d",)").append(members).append("}}");
}

Failed Malformed(std::string_view what) {
  return {.kind = ErrorKind::kMalformed,
          .message = "the answer " + std::string(what) +
                     "; is something between here and AWS (a proxy) answering instead?"};
}

// The container of a definition whose only container has `members`.
ContainerDefinition OnlyContainer(std::string_view members) {
  const auto definition = Must(DecodeDescribeTaskDefinition(
      Answer(std::string(R"("containerDefinitions":[{)").append(members).append("}]"))));
  EXPECT_EQ(definition.containers.size(), 1U) << members;
  return definition.containers.empty() ? ContainerDefinition{} : definition.containers.front();
}

TEST(DecodeDescribeTaskDefinitionTest, ReadsARevision) {
  const auto definition = Must(DecodeDescribeTaskDefinition(R"({"tags":[],"taskDefinition":{
    "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
    "containerDefinitions":[
      {"name":"web","image":"example.com/web:1","cpu":0,"links":[],"essential":true,
       "portMappings":[
         {"containerPort":8080,"hostPort":0,"protocol":"tcp","name":"http","appProtocol":"http"},
         {"containerPort":53,"hostPort":53,"protocol":"udp"},
         {"containerPortRange":"9000-9099","protocol":"tcp"}],
       "environment":[{"name":"PASSWORD","value":"x"}],"mountPoints":[],"volumesFrom":[],
       "dockerLabels":{"PROMETHEUS_EXPORTER_PORT":"8080","empty":""},
       "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/x"}}},
      {"name":"sidecar"}],
    "family":"web","networkMode":"bridge","revision":7,"volumes":[],"status":"ACTIVE",
    "requiresAttributes":[{"name":"com.amazonaws.ecs.capability.docker-remote-api.1.18"}],
    "placementConstraints":[],"compatibilities":["EC2"],"cpu":"256","registeredAt":1.7E9}})"));
  EXPECT_EQ(
      definition,
      (TaskDefinition{
          .arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
          .family = "web",
          .revision = 7,
          .network_mode = "bridge",
          .containers = {
              {.name = "web",
               .image = "example.com/web:1",
               .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "8080"}, {"empty", ""}},
               .port_mappings =
                   {{.container = {.first = 8080, .last = 8080}, .protocol = Protocol::kTcp},
                    {.container = {.first = 53, .last = 53},
                     .protocol = Protocol::kUdp,
                     .host = 53},
                    {.container = {.first = 9000, .last = 9099}, .protocol = Protocol::kTcp}}},
              {.name = "sidecar", .image = "", .docker_labels = {}, .port_mappings = {}}}}));
}

TEST(DecodeDescribeTaskDefinitionTest, TakesEveryMemberButTheArnForOptional) {
  const TaskDefinition bare{
      .arn = "d", .family = "", .revision = std::nullopt, .network_mode = "", .containers = {}};
  EXPECT_EQ(Must(DecodeDescribeTaskDefinition(R"({"taskDefinition":{"taskDefinitionArn":"d"}})")),
            bare);
  EXPECT_EQ(Must(DecodeDescribeTaskDefinition(Answer(R"("containerDefinitions":[])"))), bare);
  EXPECT_EQ(Must(DecodeDescribeTaskDefinition(Answer(R"("containerDefinitions":null,"family":null,
      "revision":null,"networkMode":null)"))),
            bare);
  EXPECT_EQ(OnlyContainer(""), ContainerDefinition());
  EXPECT_EQ(OnlyContainer(R"("name":null,"image":null,"dockerLabels":null,"portMappings":null)"),
            ContainerDefinition());
  EXPECT_EQ(OnlyContainer(R"("dockerLabels":{},"portMappings":[])"), ContainerDefinition());
}

TEST(DecodeDescribeTaskDefinitionTest, KeepsDockerLabelsAsTheyAre) {
  EXPECT_EQ(OnlyContainer(R"("dockerLabels":{"b":" 1 ","a":"","\u00fc.x/y":"\u2028\n","":"none",
      "b2":"\ud83d\ude80"})")
                .docker_labels,
            (Labels{{"b", " 1 "},
                    {"a", ""},
                    {"\xC3\xBC.x/y", "\xE2\x80\xA8\n"},
                    {"", "none"},
                    {"b2", "\xF0\x9F\x9A\x80"}}));
}

// Such a definition used to be refused as a whole, though null stands for absent everywhere else.
TEST(DecodeDescribeTaskDefinitionTest, TakesANullLabelForNone) {
  EXPECT_EQ(OnlyContainer(R"("dockerLabels":{"a":null,"b":"1"})").docker_labels,
            (Labels{{"b", "1"}}));
}

TEST(DecodeDescribeTaskDefinitionTest, ReadsWhetherEcsRestartsAContainerWithinItsTask) {
  EXPECT_TRUE(OnlyContainer(R"("restartPolicy":{"enabled":true,"ignoredExitCodes":[0]})").restarts);
  for (const std::string policy : {R"({"enabled":false})", "{}", "null"}) {
    EXPECT_FALSE(OnlyContainer("\"restartPolicy\":" + policy).restarts) << policy;
  }
}

TEST(DecodeDescribeTaskDefinitionTest, LeavesOutMappingsWithoutAPort) {
  EXPECT_EQ(OnlyContainer(R"("portMappings":[{},{"containerPort":0},{"containerPort":70000},
      {"containerPortRange":"5"},{"containerPort":1,"protocol":"sctp"}])")
                .port_mappings,
            (std::vector<core::PortMapping>{
                {.container = {.first = 1, .last = 1}, .protocol = Protocol::kOther}}));
}

TEST(DecodeDescribeTaskDefinitionTest, ReadsARevisionOfAnySize) {
  EXPECT_EQ(
      Must(DecodeDescribeTaskDefinition(Answer(R"("revision":9223372036854775807)"))).revision,
      std::int64_t{9223372036854775807});
  EXPECT_EQ(FailureOf(DecodeDescribeTaskDefinition(Answer(R"("revision":9223372036854775808)"))),
            Malformed("has no well-formed taskDefinition"));
}

TEST(DecodeDescribeTaskDefinitionTest, RefusesADefinitionThatIsNotWellFormed) {
  for (const auto& body :
       {std::string("{}"), std::string(R"({"taskDefinition":null})"),
        std::string(R"({"taskDefinition":[]})"), std::string(R"({"taskDefinition":{}})"),
        std::string(R"({"taskDefinition":{"family":"web"}})"),
        std::string(R"({"taskDefinition":{"taskDefinitionArn":1}})"), Answer(R"("family":1)"),
        Answer(R"("revision":"7")"), Answer(R"("containerDefinitions":{})"),
        Answer(R"("containerDefinitions":[1])"),
        Answer(R"("containerDefinitions":[{"name":"a"},{"image":1}])"),
        Answer(R"("containerDefinitions":[{"dockerLabels":[]}])"),
        Answer(R"("containerDefinitions":[{"dockerLabels":{"a":9090}}])"),
        Answer(R"("containerDefinitions":[{"portMappings":{}}])"),
        Answer(R"("containerDefinitions":[{"portMappings":[{"containerPort":"80"}]}])")}) {
    EXPECT_EQ(FailureOf(DecodeDescribeTaskDefinition(body)),
              Malformed("has no well-formed taskDefinition"))
        << body;
  }
  for (const auto* body : {"", "{\"taskDefinition\":{", "[]", "<html></html>"}) {
    EXPECT_EQ(FailureOf(DecodeDescribeTaskDefinition(body)), Malformed("is no JSON object"));
  }
}

TEST(DecodeDescribeContainerInstancesTest, ReadsInstancesAndFailures) {
  EXPECT_EQ(Must(DecodeDescribeContainerInstances(R"({"containerInstances":[
      {"agentConnected":true,"attributes":[{"name":"ecs.instance-type","value":"m6i.large"}],
       "containerInstanceArn":"arn:ci/1","ec2InstanceId":"i-0aaa","status":"ACTIVE","version":12},
      {"containerInstanceArn":"arn:ci/2","ec2InstanceId":"mi-0bbb"},
      {"containerInstanceArn":"arn:ci/3"},{"containerInstanceArn":"arn:ci/4","ec2InstanceId":null},
      {"ec2InstanceId":"i-1"},{"containerInstanceArn":"arn:ci/5","ec2InstanceId":5}],
      "failures":[{"arn":"arn:ci/6","reason":"MISSING"}]})")),
            (Described<ContainerInstance>{
                .items = {{.arn = "arn:ci/1", .instance_id = "i-0aaa"},
                          {.arn = "arn:ci/2", .instance_id = "mi-0bbb"},
                          {.arn = "arn:ci/3", .instance_id = ""},
                          {.arn = "arn:ci/4", .instance_id = ""}},
                .failures = {{.arn = "arn:ci/6", .reason = "MISSING", .detail = ""}}}));
}

TEST(DecodeDescribeContainerInstancesTest, RefusesAnAnswerWithoutTheList) {
  for (const auto* body :
       {"{}", R"({"containerInstances":null})", R"({"containerInstances":{}})"}) {
    EXPECT_EQ(FailureOf(DecodeDescribeContainerInstances(body)),
              Malformed("has no list named containerInstances"))
        << body;
  }
}

}  // namespace
}  // namespace ecsd::aws
