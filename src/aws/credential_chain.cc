#include "aws/credential_chain.h"

#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <variant>

#include "aws/assume_role.h"
#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/container_credentials.h"
#include "aws/credential_plan.h"
#include "aws/credential_process.h"
#include "aws/credentials.h"
#include "aws/instance_metadata.h"
#include "aws/profile_choice.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "aws/sso_credentials.h"
#include "aws/sts_codec.h"
#include "aws/web_identity.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Credentials that are there already.
class GivenSource final : public CredentialSource {
 public:
  explicit GivenSource(Credentials credentials) : credentials_(std::move(credentials)) {}
  [[nodiscard]] Result<Credentials> Fetch(const Deadline& /*deadline*/) override {
    return credentials_;
  }

 private:
  const Credentials credentials_;
};

// As the SDKs try calls.
constexpr int kPortalAttempts = 3;

template <typename... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overload(Cases...) -> Overload<Cases...>;

}  // namespace

CredentialChain::CredentialChain(const SourceTools& tools, const Settings& settings,
                                 Parameters parameters)
    : tools_(tools),
      settings_(settings),
      parameters_(std::move(parameters)),
      metadata_(tools, parameters_.metadata),
      unsigned_client_(tools.transport, settings, parameters_.timeouts, parameters_.pacing,
                       tools.clock, tools.log) {}

Result<Credentials> CredentialChain::Fetch(const Deadline& deadline) {
  const auto plan = ReadSharedFiles(parameters_.choice).and_then([this](const SharedFiles& files) {
    return PlanCredentials(parameters_.environment, parameters_.choice, files);
  });
  if (!plan) return tl::unexpected(plan.error());
  auto credentials = FetchBase(plan->base, deadline);
  for (const auto& role : plan->roles) {
    if (!credentials) break;
    credentials = Assume(role, *std::move(credentials), deadline);
  }
  return credentials;
}

Result<Credentials> CredentialChain::FetchBase(const CredentialBase& base,
                                               const Deadline& deadline) {
  return std::visit(
      Overload{
          [](const Credentials& keys) -> Result<Credentials> { return keys; },
          [&](const WebIdentity& identity) {
            return WebIdentitySource(unsigned_client_, identity).Fetch(deadline);
          },
          [&](const SsoLogin& login) {
            return SsoSource(tools_, settings_,
                             {.timeouts = parameters_.timeouts, .attempts = kPortalAttempts}, login,
                             SsoCachePath(parameters_.environment, login))
                .Fetch(deadline);
          },
          [&](const CredentialProcess& process) {
            return ProcessSource(process, parameters_.environment, tools_.clock).Fetch(deadline);
          },
          [&](const ContainerEndpoint& endpoint) {
            return ContainerSource(tools_, endpoint).Fetch(deadline);
          },
          [&](const InstanceRole& role) { return FetchInstanceRole(role, deadline); }},
      base);
}

Result<Credentials> CredentialChain::FetchInstanceRole(const InstanceRole& role,
                                                       const Deadline& deadline) {
  auto credentials = metadata_.Fetch(deadline);
  if (credentials || role.wanted || credentials.error().kind != ErrorKind::kCredentials)
    return credentials;
  return Fail(ErrorKind::kCredentials,
              fmt::format("no AWS credentials: none in the environment (AWS_ACCESS_KEY_ID, "
                          "AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and "
                          "_FULL_URI), none in profile \"{}\", none from the EC2 instance ({})",
                          parameters_.choice.name, credentials.error().message));
}

Result<Credentials> CredentialChain::Assume(const RoleRequest& role, Credentials with,
                                            const Deadline& deadline) const {
  GivenSource given(std::move(with));
  CachedCredentials own(given, tools_.clock, tools_.log);
  const Client client(tools_.transport, own, settings_, parameters_.timeouts, parameters_.pacing,
                      tools_.clock, tools_.log);
  return AssumeRoleSource(client, own, role).Fetch(deadline);
}

}  // namespace ecsd::aws
