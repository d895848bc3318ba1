#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/render.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

Target Web() {
  return {.address = "10.0.0.1:9090",
          .labels = {{"task_arn", "arn:aws:ecs:eu-west-1:123456789012:task/prod/0f1e"},
                     {"task_name", "web"},
                     {"job", "frontend"},
                     {"task_revision", "7"},
                     {"task_group", "service:web"},
                     {"cluster_arn", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"},
                     {"container_name", "nginx"},
                     {"container_arn", "arn:aws:ecs:eu-west-1:123456789012:container/prod/0f1e/77"},
                     {"docker_image", "repo/nginx:1.25"},
                     {"__metrics_path__", "/m?x=1&y=%20"},
                     {"__scheme__", "https"}}};
}

Target At(std::string address, std::string job = "") {
  Target target;
  target.address = std::move(address);
  target.labels.Set("job", job);
  return target;
}

TEST(RenderYamlTest, LaysAGroupOutAsTheGoProgramDoes) {
  const std::vector<Target> targets = {Web()};

  EXPECT_EQ(RenderYaml(targets),
            "- targets:\n"
            "  - 10.0.0.1:9090\n"
            "  labels:\n"
            "    task_arn: arn:aws:ecs:eu-west-1:123456789012:task/prod/0f1e\n"
            "    task_name: web\n"
            "    job: frontend\n"
            "    task_revision: \"7\"\n"
            "    task_group: service:web\n"
            "    cluster_arn: arn:aws:ecs:eu-west-1:123456789012:cluster/prod\n"
            "    container_name: nginx\n"
            "    container_arn: arn:aws:ecs:eu-west-1:123456789012:container/prod/0f1e/77\n"
            "    docker_image: repo/nginx:1.25\n"
            "    __metrics_path__: /m?x=1&y=%20\n"
            "    __scheme__: https\n");
}

TEST(RenderYamlTest, KeepsTheOrderAndMergesNothing) {
  const std::vector<Target> targets = {At("b:1", "x"), At("a:1", "x"), At("a:1", "x")};

  EXPECT_EQ(RenderYaml(targets),
            "- targets:\n  - b:1\n  labels:\n    job: x\n"
            "- targets:\n  - a:1\n  labels:\n    job: x\n"
            "- targets:\n  - a:1\n  labels:\n    job: x\n");
}

TEST(RenderYamlTest, QuotesWhatNeedsItInAddressesAndLabels) {
  const std::vector<Target> targets = {At("[2001:db8::1]:9090", "a: b")};

  EXPECT_EQ(RenderYaml(targets),
            "- targets:\n  - '[2001:db8::1]:9090'\n  labels:\n    job: 'a: b'\n");
}

TEST(RenderYamlTest, WritesAnEmptyMapForATargetWithoutLabels) {
  const std::vector<Target> targets = {At("a:1"), At("b:1", "x")};

  EXPECT_EQ(RenderYaml(targets),
            "- targets:\n  - a:1\n  labels: {}\n"
            "- targets:\n  - b:1\n  labels:\n    job: x\n");
}

TEST(RenderYamlTest, WritesAnEmptyListForNoTarget) {
  EXPECT_EQ(RenderYaml({}), "[]\n");
}

}  // namespace
}  // namespace ecsd::core
