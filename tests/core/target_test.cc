#include "core/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ecsd::core {
namespace {

using ::testing::ElementsAre;

Target At(std::string address, std::string task_arn, std::string container_name,
          std::string container_arn) {
  Target target;
  target.address = std::move(address);
  target.labels.Set("task_arn", task_arn);
  target.labels.Set("container_name", container_name);
  target.labels.Set("container_arn", container_arn);
  return target;
}

TEST(ClassicLabelsTest, AreInTheOrderOfTheGoProgram) {
  EXPECT_THAT(kClassicLabels,
              ElementsAre("task_arn", "task_name", "job", "task_revision", "task_group",
                          "cluster_arn", "container_name", "container_arn", "docker_image",
                          "__metrics_path__", "__scheme__"));
}

TEST(HashOfTest, IsEqualForEqualTargetsAndElseNot) {
  const Target target{.address = "a:1", .labels = {{"job", "x"}}};
  EXPECT_EQ(HashOf(target), HashOf(Target{.address = "a:1", .labels = {{"job", "x"}}}));
  EXPECT_NE(HashOf(target), HashOf(Target{.address = "a:2", .labels = {{"job", "x"}}}));
  EXPECT_NE(HashOf(target), HashOf(Target{.address = "a:1", .labels = {{"job", "y"}}}));
}

TEST(FileOrderTest, ComparesTaskThenContainerNameThenContainerArnThenAddress) {
  const std::vector<Target> sorted = {At("9", "a", "x", "2"), At("1", "a", "y", "1"),
                                      At("1", "a", "y", "2"), At("2", "a", "y", "2"),
                                      At("0", "b", "a", "0")};
  std::vector<Target> shuffled = {sorted[3], sorted[0], sorted[4], sorted[2], sorted[1]};

  std::ranges::sort(shuffled, FileOrder);

  EXPECT_EQ(shuffled, sorted);
  EXPECT_FALSE(FileOrder(sorted[0], sorted[0]));
}

}  // namespace
}  // namespace ecsd::core
