#include <fcntl.h>
#include <fmt/core.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "app/exit_status.h"
#include "app/healthcheck.h"
#include "app/last_words.h"
#include "app/run.h"
#include "app/signals.h"
#include "app/version.h"
#include "aws/environment.h"
#include "config/command_line.h"
#include "config/options.h"
#include "telemetry/log.h"

namespace {

using ecsd::app::kProgramName;

ecsd::aws::Environment ReadEnvironment() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return ecsd::aws::Environment(std::move(variables));
}

// A descriptor that was closed before we started would be given to the next file or socket that is
// opened, and what we print would go there. Opened for reading only, so that writing to it still
// fails.
void FillStandardDescriptors() {
  for (int fd = open("/dev/null", O_RDONLY); fd >= 0; fd = open("/dev/null", O_RDONLY)) {
    if (fd <= STDERR_FILENO) continue;
    close(fd);
    break;
  }
}

// Prints what the command line asks for and nothing else. Returns the exit status.
int PrintText(const std::string& text) {
  const bool printed =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (printed) return ecsd::app::kExitGood;
  fmt::print(stderr, "{}: standard output could not be written: {}\n", kProgramName,
             std::generic_category().message(errno));
  return ecsd::app::kExitFailed;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they must be first
// Called by the dynamic loader before the initialisers of the libraries, which take longer than all
// that main() does before it looks at signals.
void BlockSignalsEarly(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  ecsd::app::BlockSignals();
}
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): the loader looks here
__attribute__((section(".preinit_array"),
               used)) void (*const kBlockSignalsEarly)(int, char**, char**) = BlockSignalsEarly;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
#endif

}  // namespace

int main(int argc, char** argv) {
  ecsd::app::BlockSignals();  // where the loader knows no .preinit_array
  // NOLINTNEXTLINE(*-cstyle-cast): the macro is of POSIX
  std::signal(SIGCHLD, SIG_DFL);  // ignored, nothing would be known of a credential_process
  ecsd::app::InstallLastWords(ecsd::telemetry::LogFormat::kLogfmt);
  FillStandardDescriptors();
  const std::span all(argv, static_cast<std::size_t>(argc));
  const std::vector<std::string_view> arguments(all.begin() + (argc > 0 ? 1 : 0), all.end());
  const auto parsed = ecsd::config::ParseCommandLine(arguments);
  const auto* options = parsed ? std::get_if<ecsd::config::Options>(&*parsed) : nullptr;
  const bool asks = options != nullptr && options->command == ecsd::config::Command::kHealthcheck;
  if (options == nullptr || asks) ecsd::app::UnblockSignals();
  if (!parsed) {
    fmt::print(stderr, "{}: {}; run with --help for all flags\n", kProgramName,
               parsed.error().message);
    return ecsd::app::kExitConfig;
  }
  if (const auto* help = std::get_if<ecsd::config::ShowHelp>(&*parsed)) {
    return PrintText(help->text);
  }
  if (options == nullptr)
    return PrintText(fmt::format("{} {}\n", kProgramName, ecsd::app::kVersion));
  ecsd::app::InstallLastWords(options->log_format);
  // Workers wait for the network most of the time, so they can share one heap; with one for each,
  // the memory that one gave back would be of no use to the others.
  mallopt(M_ARENA_MAX, 1);  // NOLINT(concurrency-mt-unsafe): no other thread runs yet
  try {
    return asks ? ecsd::app::Healthcheck(*options, ReadEnvironment())
                : ecsd::app::Run(*options, ReadEnvironment());
  } catch (const std::exception& error) {
    // Nothing of ours throws; this is threads that the system does not give.
    fmt::print(stderr, "{}: {}; give the program more memory or a higher limit on threads\n",
               kProgramName, error.what());
    return ecsd::app::kExitResource;
  }
}
