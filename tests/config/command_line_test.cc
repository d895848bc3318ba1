#include "config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ecsd::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

using Arguments = std::vector<std::string_view>;

Options OptionsOf(const Arguments& arguments) {
  auto parsed = ParseCommandLine(arguments);
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
  return std::get<Options>(parsed.value());
}

std::string ErrorOf(const Arguments& arguments) {
  const auto parsed = ParseCommandLine(arguments);
  if (parsed) return "no error";
  EXPECT_EQ(parsed.error().kind, support::ErrorKind::kConfig);
  return parsed.error().message;
}

TEST(ParseCommandLineTest, HasTheDefaultsOfTheGoProgram) {
  const Options options = OptionsOf({});

  EXPECT_EQ(options.cluster, "");
  EXPECT_EQ(options.scrape_interval, minutes(1));
  EXPECT_EQ(options.scrape_times, 0);
  EXPECT_EQ(options.write_to, "ecs_file_sd.yml");
  EXPECT_EQ(options.role_arn, "");
  EXPECT_EQ(options.selection.port_label, "PROMETHEUS_EXPORTER_PORT");
  EXPECT_EQ(options.selection.path_label, "PROMETHEUS_EXPORTER_PATH");
  EXPECT_EQ(options.selection.scheme_label, "PROMETHEUS_EXPORTER_SCHEME");
  EXPECT_EQ(options.selection.server_name_label, "PROMETHEUS_EXPORTER_SERVER_NAME");
  EXPECT_EQ(options.selection.job_name_label, "PROMETHEUS_EXPORTER_JOB_NAME");
  EXPECT_EQ(options.selection.filter, std::nullopt);
  EXPECT_FALSE(options.selection.dynamic_port_detection);
}

TEST(ParseCommandLineTest, HasItsOwnDefaults) {
  const Options options = OptionsOf({});

  EXPECT_EQ(options.connect_timeout, seconds(5));
  EXPECT_EQ(options.call_timeout, seconds(30));
  EXPECT_EQ(options.rate_share, 0.5);
  EXPECT_EQ(options.refresh_timeout, minutes(5));
  EXPECT_EQ(options.log_level, telemetry::LogLevel::kInfo);
  EXPECT_EQ(options.log_format, telemetry::LogFormat::kLogfmt);
}

TEST(ParseCommandLineTest, ReadsEveryFlag) {
  const Options options = OptionsOf({"-config.cluster=prod",
                                     "--config.scrape-interval",
                                     "90s",
                                     "-config.scrape-times=0x10",
                                     "-config.write-to=/output/targets.json",
                                     "-config.role-arn=arn:aws:iam::123456789012:role/prometheus",
                                     "-config.port-label=PORT",
                                     "-config.path-label=PATH",
                                     "-config.scheme-label=SCHEME",
                                     "-config.server-name-label=SERVER",
                                     "-config.job-name-label=JOB",
                                     "-config.filter-label=TEAM=a=b",
                                     "-config.dynamic-port-detection",
                                     "-aws.profile=team",
                                     "-aws.region=eu-west-1",
                                     "-aws.endpoint-url=http://localhost:4566",
                                     "-aws.external-id=id/1",
                                     "-aws.role-session-name=me@host",
                                     "-aws.connect-timeout=250ms",
                                     "-aws.call-timeout=10s",
                                     "-aws.rate-share=0.25",
                                     "-refresh-timeout=2m",
                                     "-log.level=warn",
                                     "-log.format=json"});

  EXPECT_EQ(options.cluster, "prod");
  EXPECT_EQ(options.scrape_interval, seconds(90));
  EXPECT_EQ(options.scrape_times, 16);
  EXPECT_EQ(options.write_to, "/output/targets.json");
  EXPECT_EQ(options.role_arn, "arn:aws:iam::123456789012:role/prometheus");
  EXPECT_EQ(options.selection.port_label, "PORT");
  EXPECT_EQ(options.selection.path_label, "PATH");
  EXPECT_EQ(options.selection.scheme_label, "SCHEME");
  EXPECT_EQ(options.selection.server_name_label, "SERVER");
  EXPECT_EQ(options.selection.job_name_label, "JOB");
  EXPECT_EQ(options.selection.filter, (core::LabelFilter{.name = "TEAM", .value = "a=b"}));
  EXPECT_TRUE(options.selection.dynamic_port_detection);
  EXPECT_EQ(options.aws_profile, "team");
  EXPECT_EQ(options.aws_region, "eu-west-1");
  EXPECT_EQ(options.aws_endpoint_url, "http://localhost:4566");
  EXPECT_EQ(options.external_id, "id/1");
  EXPECT_EQ(options.role_session_name, "me@host");
  EXPECT_EQ(options.connect_timeout, milliseconds(250));
  EXPECT_EQ(options.call_timeout, seconds(10));
  EXPECT_EQ(options.rate_share, 0.25);
  EXPECT_EQ(options.refresh_timeout, minutes(2));
  EXPECT_EQ(options.log_level, telemetry::LogLevel::kWarn);
  EXPECT_EQ(options.log_format, telemetry::LogFormat::kJson);
}

TEST(ParseCommandLineTest, TellsAFilterForPresenceFromOneForAnEmptyValue) {
  EXPECT_EQ(OptionsOf({"-config.filter-label=TEAM"}).selection.filter,
            (core::LabelFilter{.name = "TEAM", .value = std::nullopt}));
  EXPECT_EQ(OptionsOf({"-config.filter-label=TEAM="}).selection.filter,
            (core::LabelFilter{.name = "TEAM", .value = ""}));
  EXPECT_EQ(OptionsOf({"-config.filter-label="}).selection.filter, std::nullopt);
}

TEST(ParseCommandLineTest, TakesAnyNumberOfRefreshes) {
  EXPECT_EQ(OptionsOf({"-config.scrape-times", "-3"}).scrape_times, -3);
}

TEST(ParseCommandLineTest, LetsLabelsThatOnlyAddBeTurnedOff) {
  EXPECT_EQ(OptionsOf({"-config.path-label="}).selection.path_label, "");
  EXPECT_EQ(
      OptionsOf({"-config.port-label=", "-config.dynamic-port-detection"}).selection.port_label,
      "");
}

TEST(ParseCommandLineTest, RefusesWhatCannotWork) {
  struct Case {
    std::string_view argument;
    std::string_view error;
  };
  const std::vector<Case> cases = {
      {"-config.scrape-interval=0s",
       "invalid value \"0s\" for flag -config.scrape-interval: the time between refreshes must be "
       "more than 0; write it like 1m or 30s"},
      {"-config.scrape-interval=-90s",
       "invalid value \"-1m30s\" for flag -config.scrape-interval: the time between refreshes must "
       "be more than 0; write it like 1m or 30s"},
      {"-aws.connect-timeout=0s",
       "invalid value \"0s\" for flag -aws.connect-timeout: a timeout must be at least 1ms; write "
       "it like 5s or 500ms"},
      {"-aws.call-timeout=-1s",
       "invalid value \"-1s\" for flag -aws.call-timeout: a timeout must be at least 1ms; write it "
       "like 5s or 500ms"},
      {"-rediscover-within=-1s",
       "invalid value \"-1s\" for flag -rediscover-within: the time must not be less than 0; write "
       "it like 10m"},
      {"-startup-grace=-1s",
       "invalid value \"-1s\" for flag -startup-grace: the time must not be less than 0; write it "
       "like 10m"},
      {"-guard.max-drop-percent=101",
       "invalid value \"101\" for flag -guard.max-drop-percent: a percentage is 0 to 100"},
      {"-refresh-timeout=999us",
       "invalid value \"999\xC2\xB5s\" for flag -refresh-timeout: a timeout must be at least "
       "1ms; "
       "write it like 5s or 500ms"},
      {"-aws.rate-share=50%",
       "invalid value \"50%\" for flag -aws.rate-share: not a share; use a number above 0, such as "
       "0.5, or above 1 where AWS has raised the limits"},
      {"-aws.rate-share=0",
       "invalid value \"0\" for flag -aws.rate-share: not a share; use a number above 0, such as "
       "0.5, or above 1 where AWS has raised the limits"},
      {"-log.level=INFO",
       "invalid value \"INFO\" for flag -log.level: not a log level; use debug, info, warn or "
       "error"},
      {"-log.format=text",
       "invalid value \"text\" for flag -log.format: not a log format; use logfmt or json"},
      {"-config.filter-label==x",
       "invalid value \"=x\" for flag -config.filter-label: the name of the docker label is "
       "missing; write NAME or NAME=VALUE"},
      {"-config.port-label=",
       "invalid value \"\" for flag -config.port-label: without a label name no container can be a "
       "target; name one, or leave the flag out for PROMETHEUS_EXPORTER_PORT"},
      {"-config.write-to=",
       "invalid value \"\" for flag -config.write-to: there is no file to write to; name one, "
       "leave the flag out for ecs_file_sd.yml, or serve the targets over HTTP with "
       "-web.listen-address"},
      {"-aws.external-id=abc",
       "flag -aws.external-id is for a role; name the role with -config.role-arn"},
      {"-aws.role-session-name=abc",
       "flag -aws.role-session-name is for a role; name the role with -config.role-arn"},
      {"-config.clusters=a", "flag provided but not defined: -config.clusters"},
  };
  for (const auto& [argument, error] : cases) EXPECT_EQ(ErrorOf({argument}), error);
}

TEST(ParseCommandLineTest, NeedsNoFileWhereTargetsAreServed) {
  const std::vector<std::string_view> arguments = {"-config.write-to=", "-web.listen-address=:80"};
  EXPECT_TRUE(ParseCommandLine(arguments).has_value());
  EXPECT_FALSE(ParseCommandLine(Arguments{arguments[0], arguments[1], "-dry-run"}).has_value());
}

TEST(ParseCommandLineTest, RefusesAValueBehindTheOneBooleanFlag) {
  EXPECT_EQ(
      ErrorOf({"-config.dynamic-port-detection", "true", "-config.write-to=x.yml"}),
      "unexpected argument \"true\": -config.dynamic-port-detection is a boolean and takes its "
      "value after '=': -config.dynamic-port-detection=true or "
      "-config.dynamic-port-detection=false, without a space");
}

TEST(ParseCommandLineTest, ShowsHelpBeforeItChecksValues) {
  for (const std::string_view flag : {"-h", "-help", "--help"}) {
    const auto parsed = ParseCommandLine(Arguments{"-log.level=loud", flag});
    EXPECT_EQ(std::get<ShowHelp>(parsed.value()).text, HelpText());
  }
}

TEST(ParseCommandLineTest, ShowsTheVersion) {
  const auto parsed = ParseCommandLine(Arguments{"--version"});
  EXPECT_TRUE(std::holds_alternative<ShowVersion>(parsed.value()));
}

TEST(ParseCommandLineTest, TakesDurationsThatAreAsGoodAsNeverForAYear) {
  const Options options =
      OptionsOf({"-config.scrape-interval=2562047h", "-refresh-timeout=2562047h"});
  EXPECT_EQ(options.scrape_interval, std::chrono::hours(8760));
  EXPECT_EQ(options.refresh_timeout, std::chrono::hours(8760));
}

TEST(CommandTest, ExplainTakesNamesAmongItsFlags) {
  const Options options = OptionsOf({"explain", "web", "--json", "-config.cluster", "prod", "db"});
  EXPECT_EQ(options.command, Command::kExplain);
  EXPECT_EQ(options.names, (std::vector<std::string>{"web", "db"}));
  EXPECT_EQ(options.cluster, "prod");
  EXPECT_TRUE(options.json);
}

TEST(CommandTest, ExplainTakesNamesThatLookLikeFlagsAfterTwoDashes) {
  EXPECT_EQ(OptionsOf({"explain", "--", "-odd", "x"}).names,
            (std::vector<std::string>{"-odd", "x"}));
}

TEST(CommandTest, DoctorTakesFlagsOnly) {
  EXPECT_EQ(OptionsOf({"doctor", "-config.cluster=a"}).command, Command::kDoctor);
  EXPECT_THAT(ErrorOf({"doctor", "web"}), HasSubstr("web"));
}

TEST(CommandTest, RefusesFlagsOfOtherCommands) {
  EXPECT_EQ(ErrorOf({"-json"}), "flag -json is for explain and doctor only; leave it out");
  EXPECT_THAT(ErrorOf({"explain", "-dry-run"}), HasSubstr("-dry-run"));
  EXPECT_TRUE(OptionsOf({"-dry-run"}).dry_run);
}

TEST(CommandTest, OnlyTheFirstArgumentIsACommand) {
  EXPECT_THAT(ErrorOf({"-config.cluster=a", "explain"}), HasSubstr("explain"));
}

TEST(HelpTextTest, NamesEveryFlagWithItsDefaultInOrder) {
  const std::string help = HelpText();
  const std::vector<std::string_view> expected = {
      "  -aws.call-timeout duration\n",
      "(default 30s)\n  -aws.connect-timeout duration\n",
      "(default 5s)\n  -aws.endpoint-url URL\n",
      "(default \"\")\n  -aws.external-id id\n",
      "(default \"\")\n  -aws.profile name\n",
      "(default \"\")\n  -aws.rate-share share\n",
      "(default \"0.5\")\n  -aws.region region\n",
      "(default \"\")\n  -aws.role-session-name name\n",
      "(default \"\")\n  -config.cluster name\n",
      "(default \"\")\n  -config.dynamic-port-detection\n",
      "(default false)\n  -config.filter-label NAME[=VALUE]\n",
      "(default \"\")\n  -config.job-name-label label\n",
      "(default \"PROMETHEUS_EXPORTER_JOB_NAME\")\n  -config.path-label label\n",
      "(default \"PROMETHEUS_EXPORTER_PATH\")\n  -config.port-label label\n",
      "(default \"PROMETHEUS_EXPORTER_PORT\")\n  -config.role-arn ARN\n",
      "(default \"\")\n  -config.scheme-label label\n",
      "(default \"PROMETHEUS_EXPORTER_SCHEME\")\n  -config.scrape-interval duration\n",
      "(default 1m0s)\n  -config.scrape-times int\n",
      "(default 0)\n  -config.server-name-label label\n",
      "(default \"PROMETHEUS_EXPORTER_SERVER_NAME\")\n  -config.write-to file\n",
      "(default \"ecs_file_sd.yml\")\n  -dry-run\n",
      "(default false)\n  -guard.max-drop-percent percentage\n",
      "(default 50)\n  -json\n",
      "(default false)\n  -log.format format\n",
      "(default \"logfmt\")\n  -log.level level\n",
      "(default \"info\")\n  -rediscover-within duration\n",
      "(default 10m0s)\n  -refresh-timeout duration\n",
      "(default 5m0s)\n  -skipped\n",
      "(default false)\n  -startup-grace duration\n",
      "(default 5m0s)\n  -state.path file\n",
      "(default \"\")\n  -version\n",
  };
  std::size_t from = 0;
  for (const std::string_view part : expected) {
    const std::size_t at = help.find(part, from);
    ASSERT_NE(at, std::string::npos) << part << "is not where it belongs in\n" << help;
    from = at + part.size() - 1;
  }
}

TEST(HelpTextTest, SaysHowToCallItAndWhatElseIsRead) {
  EXPECT_TRUE(HelpText().starts_with("Usage: prometheus-ecs-discovery [flags]\n"));
  EXPECT_THAT(HelpText(), HasSubstr("AWS_REGION"));
  EXPECT_THAT(HelpText(), HasSubstr("Exit status: 0 success; 1 "));
}

TEST(ParseCommandLineTest, OpensNoPortByDefault) {
  EXPECT_EQ(OptionsOf({}).web_listen_address, "");
  EXPECT_EQ(OptionsOf({"-web.listen-address", ":8080"}).web_listen_address, ":8080");
  EXPECT_EQ(OptionsOf({}).web_unhealthy_after, minutes(15));
}

TEST(ParseCommandLineTest, RefusesFlagsOfAWebServerThatIsNotThere) {
  EXPECT_EQ(ErrorOf({"-web.config.file", "web.yml"}),
            "flag -web.config.file is for the web server; start it with -web.listen-address");
  EXPECT_EQ(ErrorOf({"-web.enable-lifecycle"}),
            "flag -web.enable-lifecycle is for the web server; start it with -web.listen-address");
  EXPECT_EQ(ErrorOf({"-web.allowed-hosts", "a"}),
            "flag -web.allowed-hosts is for the web server; start it with -web.listen-address");
  EXPECT_THAT(ErrorOf({"-web.unhealthy-after", "-1s"}), HasSubstr("must not be negative"));
}

TEST(ParseCommandLineTest, ShowsItsFlagsWithoutSecrets) {
  const auto shown = OptionsOf({"-config.role-arn", "arn:role", "-aws.external-id", "very-secret",
                                "-aws.endpoint-url", "http://me:pass@host"})
                         .shown;

  EXPECT_THAT(shown, testing::Contains(FlagValue{"config.role-arn", "arn:role"}));
  EXPECT_THAT(shown, testing::Contains(FlagValue{"aws.external-id", "***"}));
  EXPECT_THAT(shown, testing::Contains(FlagValue{"aws.endpoint-url", "http://***@host"}));
  EXPECT_THAT(shown, testing::Contains(FlagValue{"config.scrape-interval", "1m0s"}));
}

TEST(ParseCommandLineTest, TakesOneClusterOnly) {
  EXPECT_THAT(ErrorOf({"-config.cluster", "a,b"}),
              HasSubstr("invalid value \"a,b\" for flag -config.cluster: one cluster only"));
  EXPECT_THAT(ErrorOf({"-config.cluster=prod.eu"}), HasSubstr("not the name of an ECS cluster"));
  EXPECT_EQ(OptionsOf({"-config.cluster", ""}).cluster, "");
}

TEST(ParseCommandLineTest, RemembersTheFlagsOfWhichTheLastWins) {
  const auto options = OptionsOf({"-config.cluster", "a", "-config.cluster", "b"});
  EXPECT_EQ(options.cluster, "b");
  EXPECT_EQ(options.overridden, std::vector<std::string>{"config.cluster"});
  EXPECT_TRUE(OptionsOf({"-config.cluster", "a"}).overridden.empty());
  EXPECT_EQ(OptionsOf({"-aws.region=a", "-config.filter-label=x", "-aws.region=b",
                       "-config.filter-label=y"})
                .overridden,
            (std::vector<std::string>{"aws.region", "config.filter-label"}));
  // Scripts append to a command line.
  EXPECT_TRUE(OptionsOf({"-config.write-to=a", "-config.write-to=b"}).overridden.empty());
}

}  // namespace
}  // namespace ecsd::config
