#pragma once

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/sts_codec.h"
#include "support/result.h"

namespace ecsd::aws {

// A role and the file with the token of the identity provider that may assume it (EKS puts both
// into the environment of a pod).
struct WebIdentity {
  std::string token_file;
  RoleRequest role;
  std::string where;  // for people: "AWS_WEB_IDENTITY_TOKEN_FILE"
  friend bool operator==(const WebIdentity&, const WebIdentity&) = default;
};

// Credentials of a role for the token of an identity provider. The file is read anew by each Fetch,
// because the token in it is replaced before it ends. kCredentials when there is no token in it.
class WebIdentitySource final : public CredentialSource {
 public:
  // `client` makes calls that are not signed; it must outlive this object.
  WebIdentitySource(const Client& client, WebIdentity identity);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const Client& client_;
  const WebIdentity identity_;
};

}  // namespace ecsd::aws
