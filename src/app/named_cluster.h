#pragma once

#include <string>
#include <string_view>

#include "app/check.h"
#include "aws/credential_plan.h"
#include "aws/ecs_codec.h"
#include "aws/settings.h"
#include "config/options.h"
#include "support/result.h"

namespace ecsd::app {

// An account and, for people, where it was found. Both empty: not known.
struct KnownAccount {
  std::string id;
  std::string where;
  friend bool operator==(const KnownAccount&, const KnownAccount&) = default;
};

// The account that calls will be made in, as far as it is known before any is made: that of the
// last role that is assumed, or of the SSO login. Access keys do not say it.
[[nodiscard]] KnownAccount AccountBeforeCalls(const config::Options& options,
                                              const aws::CredentialPlan& plan);

// Whether the cluster of `-config.cluster` can be read with these settings in this account. ECS
// knows the clusters of the region and account that are called only, so an ARN of another
// partition, region or account is kConfig, with where ours was found. Names and "" are good. Pure.
[[nodiscard]] support::Result<void> CheckNamedCluster(std::string_view cluster,
                                                      const aws::Settings& settings,
                                                      const KnownAccount& account);

// What doctor says of the cluster of `-config.cluster`: `described` is what DescribeClusters
// returned for it, `account` that of the credentials (empty: not known). Not checked where the call
// itself failed.
[[nodiscard]] Check CheckDescribedCluster(
    const std::string& cluster, const support::Result<aws::Described<aws::Cluster>>& described,
    const aws::Settings& settings, const KnownAccount& account);

}  // namespace ecsd::app
