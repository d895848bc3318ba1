#pragma once

#include <optional>
#include <string>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "support/result.h"

namespace ecsd::aws {

// Long-term or session keys that stand somewhere as text. Each gives nothing when its place has no
// keys, and kConfig when what is there is broken: a key without its other half, or white space or
// control characters in one of the three.

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
[[nodiscard]] support::Result<std::optional<Credentials>> EnvironmentCredentials(
    const Environment& environment);

// aws_access_key_id, aws_secret_access_key and aws_session_token of a profile.
[[nodiscard]] support::Result<std::optional<Credentials>> ProfileKeys(const std::string& name,
                                                                      const Section& profile);

}  // namespace ecsd::aws
