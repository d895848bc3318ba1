#include "config/flag_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "config/go_flags.h"
#include "config/options.h"
#include "core/selection.h"
#include "support/strings.h"

namespace ecsd::config {

// NOLINTNEXTLINE(readability-function-size): a table
std::vector<Flag> FlagsOf(Draft& draft) {
  Options& options = draft.options;
  core::Selection& selection = options.selection;
  return {
      {"config.cluster", &options.cluster,
       "`name` or ARN of the one ECS cluster to read; empty: every cluster of the account in the "
       "region"},
      {"config.scrape-interval", &options.scrape_interval,
       "time between the starts of two refreshes from the AWS APIs"},
      {"config.scrape-times", &options.scrape_times,
       "exit after this many refreshes; 0 or less: run for ever"},
      {"config.write-to", &options.write_to,
       "`file` to write the targets to, for Prometheus' file_sd_configs; JSON if the name ends in "
       ".json, else YAML; empty, with -web.listen-address: no file"},
      {"config.role-arn", &options.role_arn,
       "`ARN` of an IAM role to assume before calling the APIs; empty: use the credentials that "
       "were found as they are"},
      {"config.port-label", &selection.port_label,
       "docker `label` with the container port to scrape; a container without it is no target"},
      {"config.path-label", &selection.path_label,
       "docker `label` with the path of the metrics, which becomes __metrics_path__"},
      {"config.scheme-label", &selection.scheme_label,
       "docker `label` with http or https, which becomes __scheme__"},
      {"config.server-name-label", &selection.server_name_label,
       "docker `label` with a host name to scrape instead of the IP address"},
      {"config.job-name-label", &selection.job_name_label,
       "docker `label` with the value of the label job"},
      {"config.filter-label", &draft.filter_label,
       "`NAME[=VALUE]`: only containers with the docker label NAME, or with that value of it; "
       "empty: all containers"},
      {"config.dynamic-port-detection", &selection.dynamic_port_detection,
       "take the port from the container's only tcp port binding instead of the port label; only "
       "containers with the docker label PROMETHEUS_DYNAMIC_EXPORT=1 are targets then"},
      {"aws.profile", &options.aws_profile,
       "`name` of the AWS profile to use, before AWS_PROFILE and before keys in the environment"},
      {"aws.region", &options.aws_region, "AWS `region` to read, before AWS_REGION"},
      {"aws.endpoint-url", &options.aws_endpoint_url,
       "`URL` that every AWS service is called at, before AWS_ENDPOINT_URL and its likes"},
      {"aws.external-id", &options.external_id,
       "external `id` that the trust policy of -config.role-arn asks for"},
      {"aws.role-session-name", &options.role_session_name,
       "`name` of the session of -config.role-arn, which CloudTrail shows; empty: "
       "prometheus-ecs-discovery"},
      {"aws.connect-timeout", &options.connect_timeout,
       "longest time to connect to an AWS endpoint, name look-up and TLS included"},
      {"aws.call-timeout", &options.call_timeout, "longest time for one try of one AWS API call"},
      {"aws.rate-share", &draft.rate_share,
       "`share` of AWS' published call limits to use once everything has been read, for others "
       "call "
       "too; above 1 where AWS has raised the limits of the account"},
      {"refresh-timeout", &options.refresh_timeout,
       "longest time for one refresh; what has not been read by then keeps its last targets"},
      {"state.path", &options.state_path,
       "SQLite `file` that keeps tasks, definitions and instances over a restart, so that AWS is "
       "not asked for them again; empty: none"},
      {"rediscover-within", &options.rediscover_within,
       "longest time until a running task is described again, though nothing says that it changed; "
       "0: in every refresh"},
      {"startup-grace", &options.startup_grace,
       "where there is no file yet, how long to wait for clusters that cannot be read before it is "
       "written without them"},
      {"guard.max-drop-percent", &options.max_drop_percent,
       "where nothing can confirm that targets are gone (another region, account or cluster was "
       "chosen), hold back a loss of more than this `percentage` of them, and of 10 or more, until "
       "two more refreshes agree; 100: never"},
      {"web.listen-address", &options.web_listen_address,
       "`address` to serve targets, metrics, health and a page for people at, such as :8080 or "
       "127.0.0.1:8080; empty: no web server"},
      {"web.config.file", &options.web_config_file,
       "`file` with TLS, users and headers of the web server, in the format of Prometheus' "
       "exporter "
       "toolkit"},
      {"web.allowed-hosts", &options.web_allowed_hosts,
       "answer only requests whose Host header names one of these `hosts`, comma separated, each "
       "with or without port; other requests get 421, health checks too; empty: every host"},
      {"web.enable-lifecycle", &options.web_enable_lifecycle,
       "let POST /-/refresh ask for a refresh"},
      {"web.unhealthy-after", &options.web_unhealthy_after,
       "/-/healthy fails when no cluster could be read for so long, and for three times "
       "-config.scrape-interval; 0: never"},
      {"log.level", &draft.log_level, "least important `level` to log: debug, info, warn or error"},
      {"log.format", &draft.log_format, "`format` of the log lines: logfmt or json"},
      {"dry-run", &options.dry_run,
       "read the account once, print what would be written to -config.write-to, change nothing"},
      {"json", &options.json, "with explain and doctor: print JSON, for scripts"},
      {"all", &options.each,
       "with explain: a row for each container, instead of one for all tasks of a family with the "
       "same outcome"},
      {"skipped", &options.skipped, "with explain: only containers that are not targets"},
      {"version", &draft.version, "print the version and exit"},
  };
}

std::vector<FlagValue> ShownOf(Draft& draft) {
  constexpr std::array<std::string_view, 5> kOfCommands = {"dry-run", "json", "all", "skipped",
                                                           "version"};
  auto values = ValuesOf(FlagsOf(draft));
  std::erase_if(values, [&](const FlagValue& each) {
    return std::ranges::find(kOfCommands, each.name) != kOfCommands.end();
  });
  for (auto& [name, value] : values) {
    value = support::HideUserInfo(value);
    if (name == "aws.external-id" && !value.empty()) value = "***";
  }
  return values;
}

}  // namespace ecsd::config
