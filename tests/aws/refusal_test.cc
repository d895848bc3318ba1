#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service_error.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/strings.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Ec2Error;
using test::JsonError;
using test::StsError;

support::Error MakeRefusal(const http::Response& response, std::string_view call = "ECS ListTasks",
                           std::string_view permission = "ecs:ListTasks") {
  return MakeError(call, permission, ReadServiceError(response), response);
}

// What follows the service's own text.
std::string AdviceOn(std::string_view code, std::string_view text) {
  const auto message = MakeRefusal(JsonError(400, code, text)).message;
  const auto head = "ECS ListTasks: " + std::string(code) + ": " + std::string(support::Trim(text));
  EXPECT_TRUE(message.starts_with(head)) << message;
  return message.substr(std::min(head.size(), message.size()));
}

const std::string kRefused =
    "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ecs:ListTasks ";

// The texts are those of the IAM User Guide, "Troubleshoot access denied error messages".
TEST(RefusalTest, NamesThePolicyThatRefuses) {
  struct Row {
    std::string why;
    std::string advice;
  };
  for (const auto& [why, advice] : std::vector<Row>{
           {"because no identity-based policy allows the ecs:ListTasks action",
            "; grant ecs:ListTasks to these credentials"},
           {"", "; grant ecs:ListTasks to these credentials"},
           {"because no VPC endpoint policy allows the ecs:ListTasks action",
            "; the policy of the VPC endpoint does not allow ecs:ListTasks: allow it there"},
           {"because no service control policy allows the ecs:ListTasks action",
            "; the service control policy (SCP) of the organization does not allow "
            "ecs:ListTasks: allow it there"},
           {"because no resource control policy allows the ecs:ListTasks action",
            "; the resource control policy (RCP) of the organization does not allow "
            "ecs:ListTasks: allow it there"},
           {"because no permissions boundary allows the ecs:ListTasks action",
            "; the permissions boundary of these credentials does not allow ecs:ListTasks: allow "
            "it there"},
           {"because no session policy allows the ecs:ListTasks action",
            "; the session policy of these credentials does not allow ecs:ListTasks: allow it "
            "there"},
           {"because no resource-based policy allows the ecs:ListTasks action",
            "; the resource-based policy of what is called does not allow ecs:ListTasks: allow it "
            "there"},
           {"with an explicit deny in a service control policy",
            "; the service control policy (SCP) of the organization denies ecs:ListTasks "
            "explicitly: remove the Deny there, no grant helps"},
           {"with an explicit deny in an identity-based policy",
            "; the identity-based policy of these credentials denies ecs:ListTasks explicitly: "
            "remove the Deny there, no grant helps"},
           {"with an explicit deny in a VPC endpoint policy",
            "; the policy of the VPC endpoint denies ecs:ListTasks explicitly: remove the Deny "
            "there, no grant helps"},
           {"with an explicit deny in a permissions boundary: arn:aws:iam::123456789012:policy/b",
            "; the permissions boundary of these credentials denies ecs:ListTasks explicitly: "
            "remove the Deny there, no grant helps"},
           {"with an explicit deny in a resource control policy",
            "; the resource control policy (RCP) of the organization denies ecs:ListTasks "
            "explicitly: remove the Deny there, no grant helps"},
           {"with an explicit deny in a session policy",
            "; the session policy of these credentials denies ecs:ListTasks explicitly: remove "
            "the Deny there, no grant helps"},
           {"with an explicit deny in a resource-based policy",
            "; the resource-based policy of what is called denies ecs:ListTasks explicitly: "
            "remove the Deny there, no grant helps"},
           {"with an explicit deny",
            "; a policy denies ecs:ListTasks explicitly: remove the Deny there, no grant helps"}}) {
    EXPECT_EQ(AdviceOn("AccessDeniedException", kRefused + why), advice) << why;
  }
}

// The text that names the policy comes last, where a long one is cut.
TEST(RefusalTest, ReadsTheWholeTextThoughItShowsAPart) {
  const auto text = kRefused + "on resource: arn:aws:ecs:us-east-1:123456789012:cluster/" +
                    std::string(300, 'c') + " with an explicit deny in a service control policy";
  const auto message = MakeRefusal(JsonError(400, "AccessDeniedException", text)).message;
  EXPECT_TRUE(message.ends_with("remove the Deny there, no grant helps")) << message;
}

TEST(RefusalTest, NamesThePolicyForTheOtherServicesToo) {
  EXPECT_TRUE(
      MakeRefusal(Ec2Error(403, "UnauthorizedOperation",
                           "You are not authorized to perform this operation. User: u is not "
                           "authorized to perform: ec2:DescribeInstances because no VPC endpoint "
                           "policy allows the ec2:DescribeInstances action"),
                  "EC2 DescribeInstances", "ec2:DescribeInstances")
          .message.ends_with("; the policy of the VPC endpoint does not allow "
                             "ec2:DescribeInstances: allow it there"));
  EXPECT_TRUE(
      MakeRefusal(StsError(403, "AccessDenied",
                           "User: u is not authorized to perform: sts:AssumeRole on resource: r "
                           "with an explicit deny in a service control policy"),
                  "STS AssumeRole", "sts:AssumeRole")
          .message.ends_with("; the service control policy (SCP) of the organization "
                             "denies sts:AssumeRole explicitly: remove the Deny there, no "
                             "grant helps"));
  EXPECT_TRUE(
      MakeRefusal(StsError(403, "AccessDenied",
                           "User: u is not authorized to perform: sts:AssumeRole on resource: r "
                           "because no resource-based policy allows the sts:AssumeRole action"),
                  "STS AssumeRole", "sts:AssumeRole")
          .message.ends_with("; the trust policy of the role does not allow "
                             "sts:AssumeRole: allow it there"));
}

TEST(RefusalTest, SaysWhenTheResourceIsOfAnotherAccount) {
  EXPECT_EQ(AdviceOn("AccessDeniedException",
                     kRefused + "on resource: arn:aws:ecs:us-east-1:222222222222:cluster/c"),
            "; the resource is in account 222222222222, but these credentials are of account "
            "123456789012: use credentials of that account (-config.role-arn)");
  EXPECT_EQ(AdviceOn("AccessDeniedException",
                     kRefused + "on resource: arn:aws:ecs:us-east-1:123456789012:cluster/c"),
            "; grant ecs:ListTasks to these credentials");
  // A role of another account is what AssumeRole is for.
  EXPECT_TRUE(
      MakeRefusal(StsError(403, "AccessDenied",
                           "User: arn:aws:iam::123456789012:user/u is not authorized to perform: "
                           "sts:AssumeRole on resource: arn:aws:iam::222222222222:role/r"),
                  "STS AssumeRole", "sts:AssumeRole")
          .message.ends_with("; grant sts:AssumeRole to these credentials"));
}

TEST(RefusalTest, NamesTheServiceToOptInto) {
  constexpr std::string_view kText = "You are not subscribed to this service.";
  EXPECT_EQ(AdviceOn("OptInRequired", kText),
            "; activate ECS for this account, and the region where it has to be enabled");
  EXPECT_EQ(AdviceOn("SubscriptionRequiredException", kText),
            "; activate ECS for this account, and the region where it has to be enabled");
  EXPECT_EQ(MakeRefusal(JsonError(400, "SubscriptionRequiredException", kText)).kind,
            ErrorKind::kDenied);
  EXPECT_TRUE(MakeRefusal(Ec2Error(401, "OptInRequired", kText), "EC2 DescribeInstances", "ec2:X")
                  .message.ends_with("; activate EC2 for this account, and the region where it "
                                     "has to be enabled"));
  const auto disabled =
      MakeRefusal(StsError(403, "RegionDisabledException", "STS is not activated in this region"),
                  "STS AssumeRole", "sts:AssumeRole");
  EXPECT_EQ(disabled.kind, ErrorKind::kDenied);
  EXPECT_TRUE(
      disabled.message.ends_with("; enable the region and activate STS there (IAM, "
                                 "Account settings)"))
      << disabled.message;
}

// What the services of a region that the account has not enabled return, and those of another
// partition.
TEST(RefusalTest, NamesTheRegionBesideATokenThatIsNotKnown) {
  constexpr std::string_view kText = "The security token included in the request is invalid.";
  constexpr std::string_view kAdvice =
      "; check the AWS credentials, that they are of this partition, and that the account has "
      "enabled this region";
  EXPECT_EQ(AdviceOn("UnrecognizedClientException", kText), kAdvice);
  EXPECT_TRUE(MakeRefusal(StsError(403, "InvalidClientTokenId", kText)).message.ends_with(kAdvice));
  EXPECT_TRUE(MakeRefusal(Ec2Error(401, "AuthFailure",
                                   "AWS was not able to validate the provided access credentials"))
                  .message.ends_with(kAdvice));
  EXPECT_EQ(AdviceOn("UnrecognizedClientException", "bad token"), "; check the AWS credentials");
}

TEST(RefusalTest, SaysThatTheSignatureIsForAnotherRegionOrService) {
  constexpr std::string_view kRegion =
      "; the region or the endpoint is wrong, not the keys: check AWS_REGION and AWS_ENDPOINT_URL";
  for (const std::string_view text : {"Credential should be scoped to a valid region, not 'x'. ",
                                      "Credential should be scoped to a valid region.",
                                      "The credential must be scoped to a valid region.",
                                      "Credential should be scoped to correct service: 'ecs'. "}) {
    for (const auto& response :
         {JsonError(400, "InvalidSignatureException", text),
          StsError(403, "SignatureDoesNotMatch", text), Ec2Error(401, "AuthFailure", text),
          JsonError(403, "IncompleteSignatureException", text)}) {
      const auto error = MakeRefusal(response);
      EXPECT_TRUE(error.message.ends_with(kRegion)) << error.message;
      // Other keys do not help.
      EXPECT_EQ(error.kind, ErrorKind::kCredentials) << error.message;
    }
  }
  EXPECT_EQ(AdviceOn("InvalidSignatureException", "The request signature does not match"),
            "; check the AWS credentials");
}

TEST(RefusalTest, TellsExpiredCredentialsFromWrongOnes) {
  EXPECT_EQ(AdviceOn("ExpiredTokenException", "The security token is expired"),
            "; they have expired: renew the credentials");
}

TEST(RefusalTest, SaysWhatHelpsAgainstThrottlingAndOutages) {
  EXPECT_EQ(
      AdviceOn("ThrottlingException", "Rate exceeded"),
      "; raise -config.scrape-interval or lower --aws.rate-share, and see who else calls this "
      "account");
  EXPECT_TRUE(MakeRefusal(JsonError(503, "ServerException", "Service Unavailable"))
                  .message.ends_with("; AWS, or a proxy before it, failed with status 503: nothing "
                                     "to change here, a later refresh tries again"));
}

TEST(RefusalTest, SaysWhatIsWrongWithAnArn) {
  EXPECT_EQ(AdviceOn("InvalidParameterException", "Invalid Region in ARN"),
            "; the ARN is of another region than the one that is called: check -config.cluster "
            "and AWS_REGION");
  EXPECT_EQ(AdviceOn("InvalidParameterException", "Invalid identifier"), "");
}

}  // namespace
}  // namespace ecsd::aws
