#include "app/named_cluster.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "app/check.h"
#include "aws/credential_plan.h"
#include "aws/ecs_codec.h"
#include "aws/settings.h"
#include "aws/sso_credentials.h"
#include "aws/web_identity.h"
#include "config/options.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::app {
namespace {

using support::ErrorKind;
using test::FailureOf;

aws::Settings In(std::string region) {
  return {.region = std::move(region),
          .endpoints = {},
          .region_source = "AWS_REGION",
          .endpoint_sources = {},
          .variant = {}};
}

std::string Arn(std::string_view region, std::string_view account = "123456789012",
                std::string_view partition = "aws") {
  std::string arn = "arn:";
  arn.append(partition).append(":ecs:").append(region).append(":").append(account);
  return arn + ":cluster/prod";
}

const KnownAccount kOurs{.id = "123456789012", .where = "-config.role-arn"};

TEST(CheckNamedClusterTest, RefusesWhatCannotBeReadFromHere) {
  const auto fail = [](const std::string& arn, const KnownAccount& account = {}) {
    const auto failed = FailureOf(CheckNamedCluster(arn, In("us-east-1"), account));
    EXPECT_EQ(failed.kind, ErrorKind::kConfig);
    const auto head = "-config.cluster " + arn + ": ";
    EXPECT_TRUE(failed.message.starts_with(head)) << failed.message;
    return failed.message.substr(head.size());
  };
  EXPECT_EQ(fail(Arn("eu-west-1")),
            "the cluster is in eu-west-1, but the region is us-east-1 (AWS_REGION); set the "
            "region to eu-west-1, or name a cluster of us-east-1");
  EXPECT_EQ(fail(Arn("us-east-1", "123456789012", "aws-cn")),
            "the cluster is in partition aws-cn, but the region us-east-1 (AWS_REGION) is in "
            "partition aws; correct the ARN");
  EXPECT_EQ(fail(Arn("us-east-1", "222222222222"), kOurs),
            "the cluster is in account 222222222222, but the credentials are of account "
            "123456789012 (-config.role-arn); assume a role of account 222222222222, or name a "
            "cluster of account 123456789012");
}

TEST(CheckNamedClusterTest, TakesEverythingElse) {
  for (const auto& cluster : {std::string(), std::string("prod"), Arn("us-east-1")}) {
    EXPECT_TRUE(CheckNamedCluster(cluster, In("us-east-1"), kOurs)) << cluster;
  }
  EXPECT_TRUE(CheckNamedCluster(Arn("us-east-1", "222222222222"), In("us-east-1"), {}));
  EXPECT_TRUE(CheckNamedCluster(Arn("cn-north-1", "123456789012", "aws-cn"), In("cn-north-1"), {}));
}

TEST(AccountBeforeCallsTest, KnowsTheAccountOfTheLastRole) {
  const aws::RoleRequest first{.arn = "arn:aws:iam::111111111111:role/a",
                               .session_name = {},
                               .external_id = {},
                               .duration = {}};
  auto second = first;
  second.arn = "arn:aws:iam::222222222222:role/b";
  config::Options options;
  aws::CredentialPlan plan;
  EXPECT_EQ(AccountBeforeCalls(options, plan), KnownAccount());
  plan.base = aws::SsoLogin{
      .profile = {}, .cache_key = {}, .region = {}, .account_id = "333333333333", .role_name = {}};
  EXPECT_EQ(AccountBeforeCalls(options, plan).id, "333333333333");
  plan.base = aws::WebIdentity{.token_file = {}, .role = first, .where = "X"};
  EXPECT_EQ(AccountBeforeCalls(options, plan),
            (KnownAccount{.id = "111111111111", .where = "the role for X"}));
  plan.roles = {first, second};
  EXPECT_EQ(AccountBeforeCalls(options, plan).id, "222222222222");
  options.role_arn = "arn:aws:iam::123456789012:role/c";
  EXPECT_EQ(AccountBeforeCalls(options, plan), kOurs);
  options.role_arn = "arn:aws:iam::1:role/c";
  EXPECT_EQ(AccountBeforeCalls(options, plan), KnownAccount());
}

TEST(CheckDescribedClusterTest, SaysHowTheClusterStands) {
  using Described = aws::Described<aws::Cluster>;
  const auto arn = Arn("us-east-1");
  const auto check = [&](const support::Result<Described>& described) {
    return CheckDescribedCluster(arn, described, In("us-east-1"), kOurs);
  };
  const auto good =
      check(Described{.items = {{.arn = arn, .name = "prod", .status = "ACTIVE"}}, .failures = {}});
  EXPECT_EQ(good.state, CheckState::kGood);
  EXPECT_EQ(good.text, arn + " is ACTIVE");
  const auto leaving = check(Described{
      .items = {{.arn = arn, .name = "prod", .status = "DEPROVISIONING"}}, .failures = {}});
  EXPECT_EQ(leaving.state, CheckState::kWarning);
  const auto gone = check(
      Described{.items = {{.arn = arn, .name = "prod", .status = "INACTIVE"}}, .failures = {}});
  EXPECT_EQ(gone.state, CheckState::kFailed);
  const auto missing =
      check(Described{.items = {}, .failures = {{.arn = arn, .reason = "MISSING", .detail = {}}}});
  EXPECT_EQ(missing.state, CheckState::kFailed);
  EXPECT_EQ(missing.text, arn + ": MISSING");
  EXPECT_EQ(missing.fix,
            "check -config.cluster, the region us-east-1 (AWS_REGION) and the account");
  const auto refused = check(support::Fail(ErrorKind::kRejected, "Invalid Region in ARN"));
  EXPECT_EQ(refused.state, CheckState::kFailed);
  EXPECT_EQ(refused.text, "Invalid Region in ARN");
  EXPECT_EQ(check(support::Fail(ErrorKind::kDenied, "no")).state, CheckState::kSkipped);
  const auto other =
      CheckDescribedCluster(Arn("us-east-1", "222222222222"), Described(), In("us-east-1"), kOurs);
  EXPECT_EQ(other.state, CheckState::kFailed);
  EXPECT_NE(other.text.find("the cluster is in account 222222222222"), std::string::npos);
}

}  // namespace
}  // namespace ecsd::app
