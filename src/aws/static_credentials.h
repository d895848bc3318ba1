#pragma once

#include <optional>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "aws/settings.h"
#include "support/result.h"

namespace ecsd::aws {

// Long-term or session keys that stand somewhere as text. Each gives nothing when its place has no
// keys, and kConfig when what is there is broken: a key without its other half, or a profile that
// gets its credentials in a way this program does not know yet (a role, or, where it has no keys,
// anything else).

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
[[nodiscard]] support::Result<std::optional<Credentials>> EnvironmentCredentials(
    const Environment& environment);

// aws_access_key_id, aws_secret_access_key and aws_session_token of the chosen profile.
[[nodiscard]] support::Result<std::optional<Credentials>> ProfileCredentials(
    const ProfileChoice& choice, const SharedFiles& files);

// The environment, then the shared files, which are read anew by each Fetch.
class StaticCredentialSource final : public CredentialSource {
 public:
  StaticCredentialSource(Environment environment, ProfileChoice choice);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const Environment environment_;
  const ProfileChoice choice_;
};

}  // namespace ecsd::aws
