#pragma once

#include <string>
#include <variant>
#include <vector>

#include "aws/container_credentials.h"
#include "aws/credential_process.h"
#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "aws/sso_credentials.h"
#include "aws/sts_codec.h"
#include "aws/web_identity.h"
#include "support/result.h"

namespace ecsd::aws {

// The role of the EC2 instance, from its metadata service. `wanted` when a profile asks for it;
// otherwise it is what is left when nothing else is there.
struct InstanceRole {
  bool wanted = false;
  friend bool operator==(const InstanceRole&, const InstanceRole&) = default;
};

// Where credentials begin: keys as they stand, or one place to ask.
using CredentialBase = std::variant<Credentials, WebIdentity, SsoLogin, CredentialProcess,
                                    ContainerEndpoint, InstanceRole>;

// How to get credentials: from the base, and with them the roles, one after the other.
struct CredentialPlan {
  CredentialBase base;
  std::vector<RoleRequest> roles;
  friend bool operator==(const CredentialPlan&, const CredentialPlan&) = default;
};

// Decides where credentials come from, in the order of the Go SDK v2: keys of the environment; a
// web identity of the environment; the profile (its role with source_profile or credential_source,
// its keys, web identity, SSO, credential_process); the endpoint of a container; the EC2 instance.
// A profile that the command line names comes before the environment. The first that is there is
// taken, even if it is broken: kConfig then, naming the variable or the profile, as for what needs
// a person (an MFA device, login_session). Pure. docs/credentials.md has the differences from other
// AWS tools.
[[nodiscard]] support::Result<CredentialPlan> PlanCredentials(const Environment& environment,
                                                              const ProfileChoice& choice,
                                                              const SharedFiles& files);

}  // namespace ecsd::aws
