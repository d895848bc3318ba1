#include "aws/credential_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "aws/command_words.h"
#include "aws/container_credentials.h"
#include "aws/credential_process.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "aws/sso_credentials.h"
#include "aws/static_credentials.h"
#include "aws/sts_codec.h"
#include "aws/web_identity.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

using MaybePlan = std::optional<CredentialPlan>;

// STS gives a role that was assumed by a role an hour at most (IAM User Guide, "Role chaining").
constexpr std::chrono::seconds kLongestChained = std::chrono::hours(1);

std::string SessionName(std::string_view name) {
  return std::string(name.empty() ? kDefaultSessionName : name);
}

CredentialPlan PlanOf(CredentialBase base) {
  return {.base = std::move(base), .roles = {}};
}

Result<std::optional<WebIdentity>> EnvironmentWebIdentity(const Environment& environment) {
  constexpr std::string_view kWebTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
  const auto file = environment.Get(kWebTokenFile);
  const auto role = environment.Get("AWS_ROLE_ARN");
  if (file.empty()) return std::nullopt;
  if (role.empty()) {
    return Fail(
        ErrorKind::kConfig,
        fmt::format("{} is set but AWS_ROLE_ARN is not; set both or neither", kWebTokenFile));
  }
  return WebIdentity{.token_file = ExpandHome(environment, file),
                     .role = {.arn = std::string(role),
                              .session_name = SessionName(environment.Get("AWS_ROLE_SESSION_NAME")),
                              .external_id = {},
                              .duration = std::nullopt},
                     .where = std::string(kWebTokenFile)};
}

// Whether these are the credentials of a role, so that a further role is chained.
bool IsRole(const CredentialPlan& plan) {
  return !plan.roles.empty() || !(std::holds_alternative<Credentials>(plan.base) ||
                                  std::holds_alternative<CredentialProcess>(plan.base));
}

// Follows one profile, and those that it names.
class ProfilePlanner {
 public:
  ProfilePlanner(const Environment& environment, const SharedFiles& files)
      : environment_(environment), files_(files) {}

  // Nothing when the profile says nothing about credentials.
  [[nodiscard]] Result<MaybePlan> Plan(const std::string& name, const Section& profile) {
    const bool is_source = !visited_.empty();
    visited_.push_back(name);
    auto keys = ProfileKeys(name, profile);
    if (!keys) return tl::unexpected(AnnotateWithFile(name, std::move(keys).error()));
    const bool has_role = Has(profile, "role_arn") && !Has(profile, "web_identity_token_file");
    // Keys of a profile that another one names are what it is named for.
    if (has_role && !(is_source && *keys)) return PlanRole(name, profile, *keys);
    if (*keys) return MaybePlan(PlanOf(**std::move(keys)));
    if (Has(profile, "web_identity_token_file")) return PlanWebIdentity(name, profile);
    if (Has(profile, "sso_account_id") || Has(profile, "sso_role_name"))
      return PlanSso(name, profile);
    if (Has(profile, "login_session")) {
      return FailIn(name,
                    "login_session needs the tool that logged in; use SSO or a credential_process "
                    "instead");
    }
    if (Has(profile, "credential_process")) return PlanProcess(name, profile);
    return MaybePlan();
  }

 private:
  // Names the file that the profile's keys are in, where it is known.
  [[nodiscard]] support::Error AnnotateWithFile(std::string_view name, support::Error error) const {
    const auto file = files_.key_files.find(name);
    if (file == files_.key_files.end()) return error;
    return support::Annotate(file->second, std::move(error));
  }

  [[nodiscard]] static bool Has(const Section& profile, std::string_view key) {
    return !ValueOf(profile, key).empty();
  }

  [[nodiscard]] static tl::unexpected<support::Error> FailIn(std::string_view name,
                                                             std::string_view why) {
    constexpr std::size_t kLongest = 500;
    return Fail(ErrorKind::kConfig,
                support::OneLine(fmt::format("AWS profile \"{}\": {}", name, why), kLongest));
  }

  [[nodiscard]] Result<MaybePlan> PlanRole(const std::string& name, const Section& profile,
                                           const std::optional<Credentials>& keys) {
    if (Has(profile, "mfa_serial")) {
      return FailIn(name,
                    "mfa_serial asks for a code from a device, which nobody is there to type; use "
                    "a role without it");
    }
    auto request = RoleOf(name, profile);
    if (!request) return tl::unexpected(std::move(request).error());
    auto base = PlanSource(name, profile, keys);
    if (!base) return base;
    auto& plan = **base;
    if (IsRole(plan) && request->duration > kLongestChained) {
      return FailIn(name,
                    "duration_seconds: a role that is assumed by a role lasts 3600 seconds at "
                    "most");
    }
    plan.roles.push_back(*std::move(request));
    return base;
  }

  // What a role is assumed with. Never nothing.
  [[nodiscard]] Result<MaybePlan> PlanSource(const std::string& name, const Section& profile,
                                             const std::optional<Credentials>& keys) {
    const std::string source(ValueOf(profile, "source_profile"));
    const bool by_place = Has(profile, "credential_source");
    if (!source.empty() && by_place)
      return FailIn(name, "has both source_profile and credential_source; keep one of them");
    if (by_place) return PlanPlace(name, ValueOf(profile, "credential_source"));
    const bool own = source.empty() || source == name;
    if (own && keys) return MaybePlan(PlanOf(*keys));
    if (source.empty()) {
      return FailIn(name,
                    "has role_arn, but neither source_profile nor credential_source to assume it "
                    "with");
    }
    return PlanSourceProfile(name, source);
  }

  [[nodiscard]] Result<MaybePlan> PlanSourceProfile(const std::string& name,
                                                    const std::string& source) {
    if (std::ranges::find(visited_, source) != visited_.end()) {
      return FailIn(name, fmt::format("source_profile {} leads back to itself", source));
    }
    const auto found = files_.profiles.find(source);
    if (found == files_.profiles.end())
      return FailIn(name, fmt::format("there is no source_profile {}", source));
    auto plan = Plan(source, found->second);
    if (plan && !*plan)
      return FailIn(name, fmt::format("source_profile {} has no credentials", source));
    return plan;
  }

  [[nodiscard]] Result<MaybePlan> PlanPlace(const std::string& name, std::string_view place) {
    const auto wanted = support::ToLower(place);
    if (wanted == "ec2instancemetadata") return MaybePlan(PlanOf(InstanceRole{.wanted = true}));
    if (wanted == "environment") {
      auto keys = EnvironmentCredentials(environment_);
      if (!keys) return tl::unexpected(std::move(keys).error());
      if (*keys) return MaybePlan(PlanOf(**std::move(keys)));
      return FailIn(name, "credential_source is Environment, but AWS_ACCESS_KEY_ID is not set");
    }
    if (wanted == "ecscontainer") {
      auto endpoint = FindContainerEndpoint(environment_);
      if (!endpoint) return tl::unexpected(std::move(endpoint).error());
      if (*endpoint) return MaybePlan(PlanOf(**std::move(endpoint)));
      return FailIn(name,
                    "credential_source is EcsContainer, but AWS_CONTAINER_CREDENTIALS_RELATIVE_URI "
                    "is not set");
    }
    return FailIn(name,
                  "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer");
  }

  [[nodiscard]] static Result<RoleRequest> RoleOf(std::string_view name, const Section& profile) {
    RoleRequest request{.arn = std::string(ValueOf(profile, "role_arn")),
                        .session_name = SessionName(ValueOf(profile, "role_session_name")),
                        .external_id = std::string(ValueOf(profile, "external_id")),
                        .duration = std::nullopt};
    const auto text = ValueOf(profile, "duration_seconds");
    if (text.empty()) return request;
    const auto seconds = support::ParseDecimal(text);
    constexpr std::int64_t kShortest = 900;
    constexpr std::int64_t kLongest = 43'200;
    if (!seconds || *seconds < kShortest || *seconds > kLongest)
      return FailIn(name, "duration_seconds must be a whole number from 900 to 43200");
    request.duration = std::chrono::seconds(*seconds);
    return request;
  }

  [[nodiscard]] Result<MaybePlan> PlanWebIdentity(const std::string& name,
                                                  const Section& profile) const {
    if (!Has(profile, "role_arn"))
      return FailIn(name, "has web_identity_token_file, but no role_arn");
    auto request = RoleOf(name, profile);
    if (!request) return tl::unexpected(std::move(request).error());
    request->external_id.clear();  // STS does not take one here
    return MaybePlan(PlanOf(WebIdentity{
        .token_file = ExpandHome(environment_, ValueOf(profile, "web_identity_token_file")),
        .role = *std::move(request),
        .where = fmt::format("profile {}", name)}));
  }

  [[nodiscard]] Result<MaybePlan> PlanSso(const std::string& name, const Section& profile) const {
    const auto session = ValueOf(profile, "sso_session");
    const Section* place = &profile;  // with region and start URL
    if (!session.empty()) {
      const auto found = files_.sso_sessions.find(session);
      if (found == files_.sso_sessions.end())
        return FailIn(name, fmt::format("there is no section [sso-session {}]", session));
      place = &found->second;
    }
    for (const auto* key : {"sso_account_id", "sso_role_name"}) {
      if (!Has(profile, key)) return FailIn(name, fmt::format("SSO needs {}", key));
    }
    for (const auto* key : {"sso_start_url", "sso_region"}) {
      if (!Has(*place, key)) return FailIn(name, fmt::format("SSO needs {}", key));
    }
    const auto region = ValueOf(*place, "sso_region");
    if (auto checked = CheckRegion(region); !checked)
      return FailIn(name, "sso_region: " + checked.error().message);
    return MaybePlan(PlanOf(SsoLogin{
        .profile = name,
        .cache_key = std::string(session.empty() ? ValueOf(*place, "sso_start_url") : session),
        .region = std::string(region),
        .account_id = std::string(ValueOf(profile, "sso_account_id")),
        .role_name = std::string(ValueOf(profile, "sso_role_name"))}));
  }

  [[nodiscard]] static Result<MaybePlan> PlanProcess(const std::string& name,
                                                     const Section& profile) {
    auto words = SplitCommand(ValueOf(profile, "credential_process"));
    if (!words) return FailIn(name, "credential_process: " + words.error().message);
    if (words->empty()) return FailIn(name, "credential_process names no program");
    return MaybePlan(PlanOf(CredentialProcess{.words = *std::move(words), .profile = name}));
  }

  const Environment& environment_;
  const SharedFiles& files_;
  std::vector<std::string> visited_;
};

Result<MaybePlan> PlanEnvironment(const Environment& environment) {
  auto keys = EnvironmentCredentials(environment);
  if (!keys) return tl::unexpected(std::move(keys).error());
  if (*keys) return MaybePlan(PlanOf(**std::move(keys)));
  auto identity = EnvironmentWebIdentity(environment);
  if (!identity) return tl::unexpected(std::move(identity).error());
  if (*identity) return MaybePlan(PlanOf(**std::move(identity)));
  return MaybePlan();
}

}  // namespace

Result<CredentialPlan> PlanCredentials(const Environment& environment, const ProfileChoice& choice,
                                       const SharedFiles& files) {
  if (!choice.by_flag) {
    auto plan = PlanEnvironment(environment);
    if (!plan) return tl::unexpected(std::move(plan).error());
    if (*plan) return **std::move(plan);
  }
  if (const auto found = files.profiles.find(choice.name); found != files.profiles.end()) {
    auto plan = ProfilePlanner(environment, files).Plan(choice.name, found->second);
    if (!plan) return tl::unexpected(std::move(plan).error());
    if (*plan) return **std::move(plan);
  }
  auto endpoint = FindContainerEndpoint(environment);
  if (!endpoint) return tl::unexpected(std::move(endpoint).error());
  if (*endpoint) return PlanOf(**std::move(endpoint));
  return PlanOf(InstanceRole());
}

}  // namespace ecsd::aws
