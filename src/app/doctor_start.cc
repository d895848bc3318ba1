#include "app/doctor_start.h"

#include <fmt/core.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "app/check.h"
#include "app/healthcheck.h"
#include "app/version.h"
#include "config/options.h"
#include "output/destination.h"
#include "output/format.h"
#include "output/probe.h"
#include "output/readers.h"
#include "server/certificate.h"
#include "server/host_name.h"
#include "server/listen_address.h"
#include "server/live_web_config.h"
#include "state/identity.h"
#include "state/probe.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

using support::ErrorKind;
using support::Result;

Check Good(std::string name, std::string text) {
  return {.state = CheckState::kGood, .name = std::move(name), .text = std::move(text), .fix = {}};
}

Check Bad(std::string name, std::string text, std::string fix) {
  return {.state = CheckState::kFailed,
          .name = std::move(name),
          .text = std::move(text),
          .fix = std::move(fix)};
}

Check Doubtful(std::string name, std::string text, std::string fix) {
  auto check = Bad(std::move(name), std::move(text), std::move(fix));
  check.state = CheckState::kWarning;
  return check;
}

std::string Absolute(const std::string& path) {
  std::error_code failed;
  auto absolute = std::filesystem::absolute(path, failed);
  return failed ? path : absolute.lexically_normal().string();
}

Check DescribeState(const state::StateProbe& probe) {
  switch (probe.kind) {
    case state::StateProbe::Kind::kNew:
      return Good("state", probe.path + " does not exist or is empty: it is made at the start");
    case state::StateProbe::Kind::kGood:
      return Good("state", fmt::format("{} can be used; tasks in it: {}", probe.path, probe.tasks));
    case state::StateProbe::Kind::kUnfinished:
      return Good("state",
                  probe.path + ": a write was interrupted; it is rolled back at the start");
    case state::StateProbe::Kind::kSetAside:
      break;
  }
  return Doubtful(
      "state",
      fmt::format("{} is renamed at the start and a new file is made: {}", probe.path, probe.why),
      "nothing, if that is intended; else use one state file per account and region");
}

// What is asked of the program that runs with these flags, if one does.
Result<HealthAnswer> AskRunning(const StartParts& parts) {
  if (parts.options.web_listen_address.empty()) return {};
  return AskHealth(parts.options, parts.environment);
}

// Whether that is an answer of this program, and not of another one that has such a path.
bool IsOurs(const Result<HealthAnswer>& answer) {
  if (!answer) return false;
  return answer->status == kHealthGood
             ? answer->text == "healthy"
             : answer->text.find("no cluster could be read") != std::string::npos;
}

// By the name that the kernel has of it, which it cuts.
bool IsThisProgram(pid_t process) {
  constexpr std::size_t kLongest = 15;
  std::ifstream file(fmt::format("/proc/{}/comm", process));
  std::string name;
  return std::getline(file, name) && name == std::string_view(kProgramName).substr(0, kLongest);
}

Check CheckStateFile(const StartParts& parts, bool runs) {
  const auto& path = parts.options.state_path;
  if (!parts.identity) return NotChecked("state", "it depends on the configuration");
  const auto probe = state::ProbeStateFile(path, *parts.identity);
  if (probe) return DescribeState(*probe);
  const auto text = fmt::format("-state.path {}: {}", path, probe.error().message);
  if (probe.error().kind == ErrorKind::kResource) {
    if (runs) return Good("state", Absolute(path) + " is in use by the program that runs");
    const auto user = state::UserOfStateFile(path);
    if (user && IsThisProgram(*user)) {
      return Good("state", fmt::format("{} is in use by {}, process {}", Absolute(path),
                                       kProgramName, *user));
    }
  }
  if (probe.error().kind == ErrorKind::kIo) {
    return Doubtful("state", text + "; the program runs without it",
                    "give the program's user write access to the file and its directory");
  }
  return Bad("state", text,
             fmt::format("stop what uses it (\"fuser -v {}.lock\" shows the process, which may be "
                         "this program), or change --state.path",
                         Absolute(path)));
}

Check CheckWebConfig(const StartParts& parts) {
  const auto& path = parts.options.web_config_file;
  const auto bad = [](const support::Error& error) {
    return Bad("web-config", error.message, "correct the file, or change --web.config.file");
  };
  const auto config = server::LiveWebConfig::Open(path, parts.log);
  if (!config) return bad(config.error());
  const auto current = (*config)->Current();
  if (current->tls) {
    const auto certificate = server::Certificate::Load(*current->tls, parts.clock, parts.log);
    if (!certificate) return bad(certificate.error());
  }
  return Good("web-config", fmt::format("{}: {}, users: {}", Absolute(path),
                                        current->tls ? "TLS" : "no TLS", current->users.size()));
}

Check CheckAllowedHosts(const std::string& text) {
  const auto hosts = server::AllowedHosts::Parse(text);
  if (hosts) return Good("allowed-hosts", text);
  return Bad("allowed-hosts", hosts.error().message, "correct --web.allowed-hosts");
}

// What listens at `text`, and cannot be asked whether it is this program.
Check DescribeUnknown(const std::string& text, const Result<HealthAnswer>& answer,
                      const std::string& who) {
  if (!answer) {
    return Doubtful("listen-address",
                    fmt::format("{}: something listens there and was not asked whether it is this "
                                "program: {}",
                                text, answer.error().message),
                    who);
  }
  if (answer->status == kHealthUnauthorized) {
    return Doubtful("listen-address", text + ": a web server that asks for a login runs there",
                    "set HEALTHCHECK_LOGIN=USER:PASSWORD, one of the basic_auth_users, to check "
                    "that it is this program");
  }
  return Doubtful("listen-address",
                  fmt::format("{}: a web server that refuses the Host header runs there (HTTP "
                              "status {})",
                              text, answer->status),
                  "give doctor the --web.allowed-hosts of the program that runs, to check that it "
                  "is this program");
}

// Whether what answers so may be this program, which cannot be asked.
bool MayBeOurs(const Result<HealthAnswer>& answer) {
  return answer ? answer->status == kHealthUnauthorized || answer->status == kHealthMisdirected
                : answer.error().kind == ErrorKind::kConfig;
}

Result<void> TryToListen(const server::ListenAddress& address) {
  const auto listener = server::OpenListener(address);
  if (!listener) return tl::unexpected(listener.error());
  ::close(*listener);
  return {};
}

// Whether that is because something listens there: another port of the address can be bound.
bool IsInUse(const support::Error& error, server::ListenAddress address) {
  address.port = 0;
  return error.kind == ErrorKind::kResource && TryToListen(address).has_value();
}

// An address that cannot be listened at.
Check DescribeListener(const std::string& text, const Result<HealthAnswer>& answer,
                       const support::Error& error, const server::ListenAddress& address) {
  if (IsOurs(answer)) {
    if (answer->status == kHealthGood)
      return Good("listen-address", text + ": the program runs there, and is healthy");
    return Doubtful("listen-address", "the program runs there: " + answer->text,
                    "see its log and its page");
  }
  const auto who =
      fmt::format("\"ss -ltnp sport = :{}\" shows the process that listens there", address.port);
  if (MayBeOurs(answer) && IsInUse(error, address)) return DescribeUnknown(text, answer, who);
  return Bad("listen-address", error.message, who);
}

Check CheckListenAddress(const std::string& text, const Result<HealthAnswer>& answer) {
  const auto address = server::ParseListenAddress(text);
  if (!address)
    return Bad("listen-address", address.error().message, "correct --web.listen-address");
  const auto tried = TryToListen(*address);
  if (tried) return Good("listen-address", text + " can be used; no program runs there");
  return DescribeListener(text, answer, tried.error(), *address);
}

// Prometheus runs as the user that Debian's package makes, as far as that can be known.
std::optional<std::string> WhyNotRead(const std::string& path) {
  if (auto why = output::WhyOnlyOwnerReads(path)) return why;
  const auto reader = output::FindReader("prometheus");
  return reader ? output::WhyCannotRead(path, *reader) : std::nullopt;
}

Check CheckOutput(const std::string& given) {
  const auto path = Absolute(given);
  const auto writability = output::ProbeOutput(given);
  if (!writability) {
    return Bad("output", fmt::format("{}: {}", path, writability.error().message),
               "give the program's user write access to the directory, or change -config.write-to");
  }
  if (*writability == output::Writability::kInPlace) {
    return Doubtful("output",
                    path + " can only be written in place, so Prometheus may read a part of it",
                    "give the program's user write access to the directory");
  }
  if (const auto why = WhyNotRead(given)) {
    return Doubtful("output", fmt::format("{}: {}", path, *why),
                    "let Prometheus read it, unless it runs as the same user");
  }
  if (!output::HasReadableSuffix(given)) {
    return Doubtful("output", path + ": Prometheus' file_sd reads only .json, .yml and .yaml",
                    "rename the output file");
  }
  return Good("output", path);
}

}  // namespace

std::vector<Check> CheckStart(const StartParts& parts) {
  const auto& options = parts.options;
  std::vector<Check> checks;
  const auto answer = AskRunning(parts);
  if (!options.state_path.empty()) checks.push_back(CheckStateFile(parts, IsOurs(answer)));
  if (!options.web_config_file.empty()) checks.push_back(CheckWebConfig(parts));
  if (!options.web_allowed_hosts.empty())
    checks.push_back(CheckAllowedHosts(options.web_allowed_hosts));
  if (!options.web_listen_address.empty())
    checks.push_back(CheckListenAddress(options.web_listen_address, answer));
  if (!options.write_to.empty()) checks.push_back(CheckOutput(options.write_to));
  return checks;
}

}  // namespace ecsd::app
