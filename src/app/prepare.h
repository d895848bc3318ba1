#pragma once

#include "app/aws_account.h"
#include "aws/environment.h"
#include "config/options.h"
#include "support/result.h"

namespace ecsd::app {

// Reads the flags, the environment and the shared files into what an account is made of, and finds
// what must be changed before any call can be made: kConfig, for exit status 2.
[[nodiscard]] support::Result<AwsAccount::Parameters> Prepare(const config::Options& options,
                                                              const aws::Environment& environment);

}  // namespace ecsd::app
