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
using ::testing::IsEmpty;

Target At(std::string address, std::string task_arn, std::string container_name,
          std::string container_arn) {
  Target target;
  target.address = std::move(address);
  target.task_arn = std::move(task_arn);
  target.container_name = std::move(container_name);
  target.container_arn = std::move(container_arn);
  return target;
}

TEST(LabelsOfTest, GivesEveryLabelInTheOrderOfTheGoProgram) {
  const Target target{.address = "10.0.0.1:9090",
                      .task_arn = "a",
                      .task_name = "b",
                      .job = "c",
                      .task_revision = "d",
                      .task_group = "e",
                      .cluster_arn = "f",
                      .container_name = "g",
                      .container_arn = "h",
                      .docker_image = "i",
                      .metrics_path = "j",
                      .scheme = "k"};

  EXPECT_THAT(LabelsOf(target),
              ElementsAre(Label{"task_arn", "a"}, Label{"task_name", "b"}, Label{"job", "c"},
                          Label{"task_revision", "d"}, Label{"task_group", "e"},
                          Label{"cluster_arn", "f"}, Label{"container_name", "g"},
                          Label{"container_arn", "h"}, Label{"docker_image", "i"},
                          Label{"__metrics_path__", "j"}, Label{"__scheme__", "k"}));
}

TEST(LabelsOfTest, LeavesEmptyOnesOut) {
  Target target;
  target.address = "10.0.0.1:9090";
  EXPECT_THAT(LabelsOf(target), IsEmpty());
  target.scheme = "https";
  target.job = "web";
  EXPECT_THAT(LabelsOf(target), ElementsAre(Label{"job", "web"}, Label{"__scheme__", "https"}));
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
