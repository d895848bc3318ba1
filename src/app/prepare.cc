#include "app/prepare.h"

#include <chrono>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "app/aws_account.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/settings.h"
#include "aws/static_credentials.h"
#include "aws/sts_codec.h"
#include "config/options.h"
#include "output/file_sink.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

using support::Result;

std::chrono::milliseconds Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

std::optional<aws::RoleRequest> RoleOf(const config::Options& options) {
  if (options.role_arn.empty()) return std::nullopt;
  return aws::RoleRequest{.arn = options.role_arn,
                          .session_name = options.role_session_name.empty()
                                              ? std::string(aws::kDefaultSessionName)
                                              : options.role_session_name,
                          .external_id = options.external_id,
                          .duration = std::nullopt};
}

Result<aws::Settings> Settle(const aws::SettingPlaces& places) {
  auto region = aws::ConfiguredRegion(places);
  if (!region) return tl::unexpected(std::move(region).error());
  if (!*region) return tl::unexpected(aws::NoRegion(places.choice, ""));
  return aws::ResolveSettings(places, **region);
}

}  // namespace

Result<AwsAccount::Parameters> Prepare(const config::Options& options,
                                       const aws::Environment& environment) {
  const bool writes = options.command == config::Command::kDiscover && !options.dry_run;
  if (auto checked = output::CheckOutputPath(options.write_to); writes && !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto profile = aws::ChooseProfile(environment, options.aws_profile);
  const auto files = aws::ReadSharedFiles(profile);
  if (!files) return tl::unexpected(files.error());
  const aws::SettingFlags flags{.region = options.aws_region,
                                .endpoint_url = options.aws_endpoint_url};
  auto settings =
      Settle({.flags = flags, .environment = environment, .choice = profile, .files = *files});
  if (!settings) return tl::unexpected(std::move(settings).error());
  const auto keys = aws::EnvironmentCredentials(profile.by_flag ? aws::Environment() : environment);
  if (!keys) return tl::unexpected(keys.error());
  if (!*keys) {
    const auto in_profile = aws::ProfileCredentials(profile, *files);
    if (!in_profile) return tl::unexpected(in_profile.error());
  }
  return AwsAccount::Parameters{.environment = environment,
                                .profile = std::move(profile),
                                .settings = *std::move(settings),
                                .role = RoleOf(options),
                                .timeouts = {.connect = Milliseconds(options.connect_timeout),
                                             .total = Milliseconds(options.call_timeout)}};
}

}  // namespace ecsd::app
