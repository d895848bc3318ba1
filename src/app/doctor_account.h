#pragma once

#include <string>
#include <vector>

#include "app/aws_account.h"
#include "app/check.h"
#include "app/named_cluster.h"
#include "aws/credentials.h"

namespace ecsd::app {

// Checks what AWS lets the credentials of `account` do, by calls that change nothing, for what is
// really there: the cluster `named` (empty: the first one that is listed), a few of its tasks, and
// what they refer to. So a policy that allows single clusters only passes, and one that denies the
// cluster is seen. What there is nothing to ask for is not checked. The number of calls does not
// depend on the size of the account. `owner` is the account of the credentials, as far as it is
// known.
[[nodiscard]] std::vector<Check> CheckAccount(AwsAccount& account, const std::string& named,
                                              const KnownAccount& owner,
                                              const aws::Deadline& deadline);

// The same checks, none of them made, for the reason `why`.
[[nodiscard]] std::vector<Check> AccountNotChecked(const std::string& why);

}  // namespace ecsd::app
