#include "app/named_cluster.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "app/check.h"
#include "aws/credential_plan.h"
#include "aws/ecs_codec.h"
#include "aws/partition.h"
#include "aws/settings.h"
#include "aws/sso_credentials.h"
#include "aws/web_identity.h"
#include "config/options.h"
#include "core/arn.h"
#include "core/cluster_name.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Anything else, such as the "1" of a test account, says nothing reliable.
bool IsAccountId(std::string_view text) {
  constexpr std::size_t kDigits = 12;
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

KnownAccount AccountOfRole(std::string_view arn, std::string where) {
  const auto id = core::AccountOfArn(arn);
  if (!IsAccountId(id)) return {};
  return {.id = std::string(id), .where = std::move(where)};
}

Result<void> Refuse(std::string_view cluster, const std::string& why) {
  return Fail(ErrorKind::kConfig, fmt::format("-config.cluster {}: {}", cluster, why));
}

Result<void> CheckPlace(std::string_view cluster, const core::ClusterArn& arn,
                        const aws::Settings& settings) {
  if (arn.region != settings.region) {
    return Refuse(cluster, fmt::format("the cluster is in {}, but the region is {} ({}); set the "
                                       "region to {}, or name a cluster of {}",
                                       arn.region, settings.region, settings.region_source,
                                       arn.region, settings.region));
  }
  const auto partition = aws::PartitionOf(settings.region);
  if (arn.partition == partition) return {};
  return Refuse(cluster,
                fmt::format("the cluster is in partition {}, but the region {} ({}) is in "
                            "partition {}; correct the ARN",
                            arn.partition, settings.region, settings.region_source, partition));
}

Check Failed(std::string text, std::string fix) {
  return {.state = CheckState::kFailed,
          .name = "cluster",
          .text = std::move(text),
          .fix = std::move(fix)};
}

}  // namespace

KnownAccount AccountBeforeCalls(const config::Options& options, const aws::CredentialPlan& plan) {
  if (!options.role_arn.empty()) return AccountOfRole(options.role_arn, "-config.role-arn");
  if (!plan.roles.empty()) return AccountOfRole(plan.roles.back().arn, "role_arn of the profile");
  if (const auto* identity = std::get_if<aws::WebIdentity>(&plan.base))
    return AccountOfRole(identity->role.arn, "the role for " + identity->where);
  if (const auto* login = std::get_if<aws::SsoLogin>(&plan.base)) {
    if (IsAccountId(login->account_id))
      return {.id = login->account_id, .where = "sso_account_id of the profile"};
  }
  return {};
}

Result<void> CheckNamedCluster(std::string_view cluster, const aws::Settings& settings,
                               const KnownAccount& account) {
  const auto arn = core::ParseClusterArn(cluster);
  if (!arn) return {};
  if (auto checked = CheckPlace(cluster, *arn, settings); !checked) return checked;
  if (account.id.empty() || arn->account == account.id) return {};
  return Refuse(cluster,
                fmt::format("the cluster is in account {}, but the credentials are of "
                            "account {} ({}); assume a role of account {}, or name a "
                            "cluster of account {}",
                            arn->account, account.id, account.where, arn->account, account.id));
}

Check CheckDescribedCluster(const std::string& cluster,
                            const Result<aws::Described<aws::Cluster>>& described,
                            const aws::Settings& settings, const KnownAccount& account) {
  if (const auto checked = CheckNamedCluster(cluster, settings, account); !checked)
    return Failed(checked.error().message, "see the message");
  if (!described) {
    const auto& error = described.error();
    const bool of_cluster =
        error.kind == ErrorKind::kRejected || error.kind == ErrorKind::kNotFound;
    if (!of_cluster) return NotChecked("cluster", "ecs:DescribeClusters failed");
    return Failed(error.message, "see the message");
  }
  if (described->items.empty()) {
    return Failed(fmt::format("{}: {}", cluster,
                              described->failures.empty() ? "not in the response of AWS"
                                                          : described->failures.front().reason),
                  fmt::format("check -config.cluster, the region {} ({}) and the account",
                              settings.region, settings.region_source));
  }
  const auto& found = described->items.front();
  const auto text = fmt::format("{} is {}", found.arn, found.status);
  if (found.status == "INACTIVE") return Failed(text, "the cluster was deleted; name another one");
  if (found.status != "ACTIVE") {
    return {.state = CheckState::kWarning,
            .name = "cluster",
            .text = text,
            .fix = "nothing, if it is being created or deleted"};
  }
  return {.state = CheckState::kGood, .name = "cluster", .text = text, .fix = {}};
}

}  // namespace ecsd::app
