#include "app/explain_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "aws/ecs_client.h"
#include "config/options.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ClustersToReadTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> Read(std::vector<std::string> names) {
    config::Options options;
    options.names = std::move(names);
    return ClustersToRead(options, ecs, account.In(1min));
  }
  void Describe(const std::string& clusters) {
    account.transport.Always("ecs DescribeClusters",
                             test::Ok(R"({"clusters":[)" + clusters + "]}"));
  }
  [[nodiscard]] std::vector<std::string> Bodies() {
    return account.transport.BodiesOf("ecs DescribeClusters");
  }

  test::FakeAccount account;
  aws::EcsClient ecs{account.client};
  const std::string prod =
      R"({"clusterArn":"arn:aws:ecs:eu-west-1:1:cluster/prod","status":"ACTIVE"})";
};

TEST_F(ClustersToReadTest, AreTheOneOfTheFlagWhateverTheNamesAre) {
  config::Options options;
  options.cluster = "test";
  options.names = {"prod"};
  EXPECT_THAT(ClustersToRead(options, ecs, account.In(1min)), ElementsAre("test"));
  EXPECT_THAT(Bodies(), IsEmpty());
}

TEST_F(ClustersToReadTest, AreThoseOfTheNamesWhereEachIsACluster) {
  Describe(prod);
  EXPECT_THAT(Read({"prod", "arn:aws:ecs:eu-west-1:1:task/prod/0123"}), ElementsAre("prod"));
  EXPECT_THAT(Bodies(), ElementsAre(R"({"clusters":["prod"]})"));
  EXPECT_THAT(Read({"prod", "web"}), ElementsAre(""));
}

TEST_F(ClustersToReadTest, AreAllWithoutACallWhereANameCanBeNoCluster) {
  EXPECT_THAT(Read({}), ElementsAre(""));
  EXPECT_THAT(Read({"prod", "web:7"}), ElementsAre(""));
  EXPECT_THAT(Read({std::string(256, 'a')}), ElementsAre(""));
  EXPECT_THAT(Bodies(), IsEmpty());
}

TEST_F(ClustersToReadTest, AreAllWhereTheClusterIsGoneOrEcsDoesNotSay) {
  Describe(R"({"clusterArn":"arn:aws:ecs:eu-west-1:1:cluster/prod","status":"INACTIVE"})");
  EXPECT_THAT(Read({"prod"}), ElementsAre(""));
  account.transport.Always("ecs DescribeClusters",
                           test::JsonError(400, "AccessDeniedException", "no"));
  EXPECT_THAT(Read({"prod"}), ElementsAre(""));
}

}  // namespace
}  // namespace ecsd::app
