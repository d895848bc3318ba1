#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "aws/json_answer.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

Failed Malformed(std::string_view what) {
  return {.kind = ErrorKind::kMalformed,
          .message = "the answer " + std::string(what) +
                     "; is something between here and AWS (a proxy) answering instead?"};
}

// What comes back where AWS' answer should, but is none.
std::vector<std::string> NoJsonObjects() {
  return {"",
          " ",
          "null",
          "[]",
          "\"text\"",
          "12",
          "{",
          R"({"taskArns":["a")",
          R"({"taskArns":["a"]}})",
          R"({"taskArns":["a"],})",
          R"({"taskArns":["a" "b"]})",
          R"({'taskArns':['a']})",
          "{\"taskArns\":[\"\xff\"]}",
          "{\"taskArns\":[\"a\nb\"]}",
          R"({"taskArns":["\x"]})",
          R"({"taskArns":[],"n":01})",
          std::string("\0\0\0", 3),
          "\x1f\x8b\x08garbage",
          "<html><body><h1>502 Bad Gateway</h1></body></html>",
          "<?xml version=\"1.0\"?><Response/>"};
}

TEST(DecodeListTasksTest, AParserThatIsUsedAgainKeepsNothingOfTheAnswerBefore) {
  JsonParser parser;
  const std::string long_one = R"({"taskArns":["first","second","third"],"nextToken":"more"})";
  const std::string broken = R"({"taskArns":["first",)";
  const std::string short_one = R"({"taskArns":["other"]})";
  EXPECT_EQ(Must(DecodeListTasks(long_one, &parser)),
            (ArnPage{.items = {"first", "second", "third"}, .next_token = "more"}));
  EXPECT_EQ(FailureOf(DecodeListTasks(broken, &parser)), Malformed("is no JSON object"));
  EXPECT_EQ(Must(DecodeListTasks(short_one, &parser)),
            (ArnPage{.items = {"other"}, .next_token = std::nullopt}));
}

TEST(DecodeListTasksTest, ReadsThePageAndItsToken) {
  EXPECT_EQ(Must(DecodeListTasks(R"({"nextToken":"n==","taskArns":["arn:1","arn:2"]})")),
            (ArnPage{.items = {"arn:1", "arn:2"}, .next_token = "n=="}));
}

TEST(DecodeListTasksTest, TakesNoTokenForTheLastPage) {
  const ArnPage last{.items = {"arn:1"}, .next_token = std::nullopt};
  EXPECT_EQ(Must(DecodeListTasks(R"({"taskArns":["arn:1"]})")), last);
  EXPECT_EQ(Must(DecodeListTasks(R"({"taskArns":["arn:1"],"nextToken":null})")), last);
  EXPECT_EQ(Must(DecodeListTasks(R"({"taskArns":["arn:1"],"nextToken":""})")), last);
}

TEST(DecodeListTasksTest, TakesAnEmptyPageForOne) {
  EXPECT_EQ(Must(DecodeListTasks(R"({"taskArns":[]})")),
            (ArnPage{.items = {}, .next_token = std::nullopt}));
  EXPECT_EQ(Must(DecodeListTasks(R"({"taskArns":[],"nextToken":"n"})")),
            (ArnPage{.items = {}, .next_token = "n"}));
}

TEST(DecodeListTasksTest, OverlooksMembersThatItDoesNotKnow) {
  EXPECT_EQ(
      Must(DecodeListTasks(
          "\n{\"__type\":\"x\",\"taskArns\":[\"a\"],\"more\":{\"deep\":[1.5e3,true,null]}}\n")),
      (ArnPage{.items = {"a"}, .next_token = std::nullopt}));
}

TEST(DecodeListTasksTest, RefusesAnAnswerWithoutAListOfStrings) {
  for (const auto* body : {"{}", R"({"taskArns":null})", R"({"taskArns":"a"})",
                           R"({"taskArns":{}})", R"({"taskArns":[1]})", R"({"taskArns":["a",""]})",
                           R"({"taskArns":["a",null]})", R"({"taskArns":[["a"]]})",
                           R"({"taskArns":["a"],"nextToken":7})", R"({"clusterArns":["a"]})"}) {
    EXPECT_EQ(FailureOf(DecodeListTasks(body)), Malformed("has no list of ARNs named taskArns"))
        << body;
  }
}

TEST(DecodeListTasksTest, RefusesWhatIsNoJsonObject) {
  for (const auto& body : NoJsonObjects()) {
    EXPECT_EQ(FailureOf(DecodeListTasks(body)), Malformed("is no JSON object")) << body;
  }
}

TEST(DecodeListClustersTest, ReadsThePageAndItsToken) {
  EXPECT_EQ(Must(DecodeListClusters(R"({"clusterArns":["arn:c"],"nextToken":"n"})")),
            (ArnPage{.items = {"arn:c"}, .next_token = "n"}));
  EXPECT_EQ(FailureOf(DecodeListClusters(R"({"taskArns":["a"]})")),
            Malformed("has no list of ARNs named clusterArns"));
}

TEST(DecodeDescribeClustersTest, ReadsClustersAndFailures) {
  EXPECT_EQ(Must(DecodeDescribeClusters(R"({"clusters":[
      {"activeServicesCount":1,"clusterArn":"arn:c/prod","clusterName":"prod","status":"ACTIVE",
       "registeredContainerInstancesCount":2,"settings":[],"statistics":[],"tags":[]},
      {"clusterArn":"arn:c/old","clusterName":"old","status":"INACTIVE"}],
      "failures":[{"arn":"arn:c/none","reason":"MISSING","detail":"never was"}]})")),
            (Described<Cluster>{
                .items = {{.arn = "arn:c/prod", .name = "prod", .status = "ACTIVE"},
                          {.arn = "arn:c/old", .name = "old", .status = "INACTIVE"}},
                .failures = {{.arn = "arn:c/none", .reason = "MISSING", .detail = "never was"}}}));
}

TEST(DecodeDescribeClustersTest, TakesEveryMemberButTheArnForOptional) {
  EXPECT_EQ(
      Must(DecodeDescribeClusters(
          R"({"clusters":[{"clusterArn":"a"},{"clusterArn":"b","clusterName":null,"status":null}]})")),
      (Described<Cluster>{
          .items = {{.arn = "a", .name = "", .status = ""}, {.arn = "b", .name = "", .status = ""}},
          .failures = {}}));
}

TEST(DecodeDescribeClustersTest, LeavesOutWhatIsNotWellFormed) {
  EXPECT_EQ(
      Must(DecodeDescribeClusters(R"({"clusters":[{"clusterName":"no arn"},{"clusterArn":""},
      {"clusterArn":1},{"clusterArn":"a","status":{}},null,"text",[],{"clusterArn":"good"}],
      "failures":null})")),
      (Described<Cluster>{.items = {{.arn = "good", .name = "", .status = ""}}, .failures = {}}));
}

// Such failures used to be kept with empty members.
TEST(DecodeDescribeClustersTest, LeavesOutFailuresThatAreNotWellFormed) {
  EXPECT_EQ(
      Must(DecodeDescribeClusters(R"({"clusters":[],"failures":[null,"x",{"arn":"a","reason":1},
      {"reason":"MISSING"},{"arn":"b","reason":"MISSING"},{"arn":"c"}]})")),
      (Described<Cluster>{.items = {},
                          .failures = {{.arn = "b", .reason = "MISSING", .detail = ""},
                                       {.arn = "c", .reason = "", .detail = ""}}}));
}

TEST(DecodeDescribeClustersTest, RefusesAnAnswerWithoutTheList) {
  for (const auto* body : {"{}", R"({"clusters":null})", R"({"clusters":{}})",
                           R"({"failures":[{"arn":"a","reason":"MISSING"}]})"}) {
    EXPECT_EQ(FailureOf(DecodeDescribeClusters(body)), Malformed("has no list named clusters"))
        << body;
  }
  for (const auto& body : NoJsonObjects()) {
    EXPECT_EQ(FailureOf(DecodeDescribeClusters(body)), Malformed("is no JSON object")) << body;
  }
}

}  // namespace
}  // namespace ecsd::aws
