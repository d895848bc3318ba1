#pragma once

#include <string>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "support/result.h"

namespace ecsd::aws {

// A login with IAM Identity Center (SSO) that a profile asks for.
struct SsoLogin {
  std::string profile;
  std::string cache_key;  // what the login is kept under: the session's name, or the start URL
  std::string region;     // of the portal
  std::string account_id;
  std::string role_name;
  friend bool operator==(const SsoLogin&, const SsoLogin&) = default;
};

// Where `aws sso login` keeps the login: ~/.aws/sso/cache/, the SHA-1 of its key in hexadecimal,
// and .json. AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider".
[[nodiscard]] std::string SsoCachePath(const Environment& environment, const SsoLogin& login);

// Credentials of a role for that login. The cache is read anew by each Fetch and never written, so
// the login is not prolonged: when it is over, somebody must log in again, which the error
// (kCredentials) says.
class SsoSource final : public CredentialSource {
 public:
  // `settings` must outlive this object.
  SsoSource(const SourceTools& tools, const Settings& settings, Patience patience, SsoLogin login,
            std::string cache_path);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const SourceTools tools_;
  const Settings& settings_;
  const Patience patience_;
  const SsoLogin login_;
  const std::string cache_path_;
};

}  // namespace ecsd::aws
