#pragma once

#include "aws/client.h"
#include "aws/credential_plan.h"
#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/instance_metadata.h"
#include "aws/profile_choice.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "support/result.h"

namespace ecsd::aws {

// The credentials that AWS tools would use here: plans them (credential_plan.h) and carries the
// plan out. Each Fetch reads the shared files anew, so that a changed file is followed without a
// restart. kCredentials, naming every place, when there are none.
class CredentialChain final : public CredentialSource {
 public:
  struct Parameters {
    Environment environment;
    ProfileChoice choice;
    CallTimeouts timeouts;  // of calls to STS and SSO
    CallPacing pacing;      // of calls to STS
    MetadataSettings metadata;
  };

  // `settings` must outlive this object.
  CredentialChain(const SourceTools& tools, const Settings& settings, Parameters parameters);

  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  [[nodiscard]] support::Result<Credentials> FetchBase(const CredentialBase& base,
                                                       const Deadline& deadline);
  [[nodiscard]] support::Result<Credentials> FetchInstanceRole(const InstanceRole& role,
                                                               const Deadline& deadline);
  [[nodiscard]] support::Result<Credentials> Assume(const RoleRequest& role, Credentials with,
                                                    const Deadline& deadline) const;

  const SourceTools tools_;
  const Settings& settings_;
  const Parameters parameters_;
  InstanceMetadata metadata_;
  Client unsigned_client_;
};

}  // namespace ecsd::aws
