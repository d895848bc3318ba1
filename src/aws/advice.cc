#include "aws/advice.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "aws/service_error.h"
#include "core/arn.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;

// A kind of policy, as AWS' texts name it and for people.
struct DenyingPolicy {
  std::string_view in_text;
  std::string_view name;
};

constexpr std::array kPolicies = {
    DenyingPolicy{.in_text = "vpc endpoint policy", .name = "the policy of the VPC endpoint"},
    DenyingPolicy{.in_text = "service control policy",
                  .name = "the service control policy (SCP) of the organization"},
    DenyingPolicy{.in_text = "resource control policy",
                  .name = "the resource control policy (RCP) of the organization"},
    DenyingPolicy{.in_text = "permissions boundary",
                  .name = "the permissions boundary of these credentials"},
    DenyingPolicy{.in_text = "session policy", .name = "the session policy of these credentials"},
    DenyingPolicy{.in_text = "resource-based policy",
                  .name = "the resource-based policy of what is called"},
    DenyingPolicy{.in_text = "identity-based policy",
                  .name = "the identity-based policy of these credentials"},
};

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view PolicyIn(std::string_view text, std::string_view permission) {
  for (const auto& policy : kPolicies) {
    if (!text.starts_with(policy.in_text)) continue;
    const bool of_role =
        policy.in_text == "resource-based policy" && permission.starts_with("sts:");
    return of_role ? "the trust policy of the role" : policy.name;
  }
  return {};
}

// What follows `mark` in `text`; empty when it is not there.
std::string_view After(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

// The advice for "with an explicit deny in a service control policy"; empty for another text.
std::string AdviceOnDeny(std::string_view text, std::string_view permission) {
  constexpr std::string_view kMark = "with an explicit deny";
  if (!Has(text, kMark)) return {};
  auto where = After(text, kMark);
  for (const std::string_view article : {" in a ", " in an "}) {
    if (where.starts_with(article)) where.remove_prefix(article.size());
  }
  const auto policy = PolicyIn(where, permission);
  return fmt::format("; {} denies {} explicitly: remove the Deny there, no grant helps",
                     policy.empty() ? "a policy" : policy, permission);
}

// The advice for "because no VPC endpoint policy allows the ecs:ListTasks action"; empty for
// another text, and where identities lack the permission.
std::string AdviceOnMissingAllow(std::string_view text, std::string_view permission) {
  const auto policy = PolicyIn(After(text, "because no "), permission);
  if (policy.empty() || policy == kPolicies.back().name) return {};
  return fmt::format("; {} does not allow {}: allow it there", policy, permission);
}

// The advice for a resource of another account than the user's; empty for another text. A role of
// another account is what AssumeRole is for.
std::string AdviceOnAccount(std::string_view text, std::string_view permission) {
  if (permission.starts_with("sts:")) return {};
  const auto ours = core::AccountOfArn(After(text, "User: "));
  const auto theirs = core::AccountOfArn(After(text, "on resource: "));
  if (ours.empty() || theirs.empty() || ours == theirs) return {};
  return fmt::format(
      "; the resource is in account {}, but these credentials are of account {}: use credentials "
      "of that account (-config.role-arn)",
      theirs, ours);
}

std::string AdviceOnDenial(const ServiceError& error, std::string_view permission) {
  if (error.code == "OptInRequired" || error.code == "SubscriptionRequiredException") {
    return fmt::format("; activate {} for this account, and the region where it has to be enabled",
                       support::ToUpper(permission.substr(0, permission.find(':'))));
  }
  if (error.code == "RegionDisabledException")
    return "; enable the region and activate STS there (IAM, Account settings)";
  const auto text = support::ToLower(error.message);
  if (auto advice = AdviceOnDeny(text, permission); !advice.empty()) return advice;
  if (auto advice = AdviceOnMissingAllow(text, permission); !advice.empty()) return advice;
  if (auto advice = AdviceOnAccount(error.message, permission); !advice.empty()) return advice;
  return AdviceToGrant(permission);
}

// What a service of another partition says, or one of a region that the account has not enabled.
bool IsUnknownToken(const ServiceError& error) {
  return Has(error.message, "security token included in the request is invalid") ||
         Has(error.message, "not able to validate the provided access credentials");
}

std::string AdviceOnCredentials(const ServiceError& error) {
  if (IsWrongScope(error)) {
    return "; the region or the endpoint is wrong, not the keys: check AWS_REGION and "
           "AWS_ENDPOINT_URL";
  }
  if (IsUnknownToken(error)) {
    return "; check the AWS credentials, that they are of this partition, and that the account "
           "has enabled this region";
  }
  if (error.code.starts_with("ExpiredToken")) return "; they have expired: renew the credentials";
  return "; check the AWS credentials";
}

std::string AdviceOnOutage(const ServiceError& error, const http::Response& response) {
  const auto status = fmt::format("{}", response.status);
  return fmt::format(
      "; AWS, or a proxy before it, failed{}: nothing to change here, a later "
      "refresh tries again",
      error.code == status ? "" : " with status " + status);
}

std::string DescribeSkew(std::optional<std::chrono::seconds> ahead) {
  if (!ahead) return "; set the local clock";
  return fmt::format("; set the local clock: it is {} s {} AWS", std::abs(ahead->count()),
                     ahead->count() < 0 ? "behind" : "ahead of");
}

}  // namespace

bool IsWrongScope(const ServiceError& error) {
  return Has(error.message, "scoped to a valid region") ||
         Has(error.message, "scoped to correct service") ||
         Has(error.message, "scoped to the correct service");
}

std::string AdviceToGrant(std::string_view permission) {
  return fmt::format("; grant {} to these credentials", permission);
}

std::string AdviceFor(ErrorKind kind, const ServiceError& error, std::string_view permission,
                      const http::Response& response) {
  switch (kind) {
    case ErrorKind::kDenied:
      return AdviceOnDenial(error, permission);
    case ErrorKind::kExpired:
    case ErrorKind::kCredentials:
      return AdviceOnCredentials(error);
    case ErrorKind::kClockSkew:
      return DescribeSkew(response.clock_ahead);
    case ErrorKind::kNotFound:
      if (error.code != "ClusterNotFoundException") break;
      return "; check -config.cluster and the region";
    case ErrorKind::kRejected:
      if (!Has(error.message, "Invalid Region in ARN")) break;
      return "; the ARN is of another region than the one that is called: check -config.cluster "
             "and AWS_REGION";
    case ErrorKind::kMalformed:
      return "; this is no answer of AWS: is a proxy between here and AWS answering instead?";
    case ErrorKind::kThrottled:
      return "; raise -config.scrape-interval or lower --aws.rate-share, and see who else calls "
             "this account";
    case ErrorKind::kServer:
      return AdviceOnOutage(error, response);
    case ErrorKind::kConfig:
    case ErrorKind::kCancelled:
    case ErrorKind::kTransport:
    case ErrorKind::kTimeout:
    case ErrorKind::kUnsupported:
    case ErrorKind::kIo:
    case ErrorKind::kResource:
      break;
  }
  return {};
}

}  // namespace ecsd::aws
