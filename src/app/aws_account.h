#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "aws/assume_role.h"
#include "aws/cached_credentials.h"
#include "aws/call_stats.h"
#include "aws/client.h"
#include "aws/credential_chain.h"
#include "aws/credentials.h"
#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/environment.h"
#include "aws/instance_metadata.h"
#include "aws/limiter.h"
#include "aws/profile_choice.h"
#include "aws/settings.h"
#include "aws/ssm_client.h"
#include "aws/sts_client.h"
#include "aws/sts_codec.h"
#include "discovery/account_reader.h"
#include "http/curl_transport.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Everything that calls one account in one region, wired together: transport, credentials (those of
// the environment or profile, or of a role assumed with them) and clients. Any thread may use the
// clients.
class AwsAccount {
 public:
  struct Parameters {
    aws::Environment environment;
    aws::ProfileChoice profile;
    aws::Settings settings;
    std::optional<aws::RoleRequest> role;  // to assume with the credentials of the environment
    aws::CallTimeouts timeouts;
    aws::MetadataSettings metadata;
    http::CurlTransport::Parameters transport;
  };

  // `limiter`, which everything in the process shares, `clock` and `log` must outlive this object.
  AwsAccount(Parameters parameters, aws::Limiter& limiter, const support::Clock& clock,
             const telemetry::Log& log);

  [[nodiscard]] aws::CachedCredentials& credentials() {
    return role_ ? role_->credentials : own_credentials_;
  }
  [[nodiscard]] discovery::AccountClients clients() {
    return {.ecs = ecs_, .ec2 = ec2_, .ssm = ssm_};
  }
  [[nodiscard]] const aws::EcsClient& ecs() const { return ecs_; }
  [[nodiscard]] aws::Ec2Client& ec2() { return ec2_; }
  [[nodiscard]] const aws::SsmClient& ssm() const { return ssm_; }
  [[nodiscard]] const aws::StsClient& sts() const { return sts_; }
  // How far the local clock is ahead of AWS; nothing before the first answer.
  [[nodiscard]] std::optional<std::chrono::seconds> clock_ahead() const {
    return client_.clock_ahead();
  }
  // To be called after a complete refresh: what follows needs only a share of AWS' limits.
  void SettleLimits() { limiter_.Settle(scope()); }
  [[nodiscard]] const aws::Limiter& limiter() const { return limiter_; }
  // What was called since the start.
  [[nodiscard]] const aws::CallStats& stats() const { return stats_; }
  [[nodiscard]] const std::string& region() const { return parameters_.settings.region; }
  [[nodiscard]] const aws::Settings& settings() const { return parameters_.settings; }

 private:
  struct Role {
    Role(const aws::Client& client, aws::CachedCredentials& own, const aws::RoleRequest& request,
         const support::Clock& clock, const telemetry::Log& log)
        : source(client, own, request), credentials(source, clock, log) {}
    aws::AssumeRoleSource source;
    aws::CachedCredentials credentials;
  };

  // Makes the role, where one is asked for, and returns the credentials to call with.
  [[nodiscard]] aws::CachedCredentials& WithRole(const support::Clock& clock,
                                                 const telemetry::Log& log);
  // Whose limits the calls draw from: the role's account, else that of our own credentials.
  [[nodiscard]] aws::LimitScope scope() const;

  const Parameters parameters_;
  aws::Limiter& limiter_;
  aws::CallStats stats_;
  http::CurlTransport transport_;
  aws::CredentialChain own_source_;
  aws::CachedCredentials own_credentials_;
  aws::Client own_client_;  // calls as ourselves, to assume the role
  std::optional<Role> role_;
  aws::Client client_;
  aws::EcsClient ecs_;
  aws::Ec2Client ec2_;
  aws::SsmClient ssm_;
  aws::StsClient sts_;
};

}  // namespace ecsd::app
