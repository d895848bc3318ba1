#include "app/last_words.h"

#include <cxxabi.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "app/exit_status.h"
#include "telemetry/line_writer.h"
#include "telemetry/log.h"
#include "telemetry/log_format.h"

namespace ecsd::app {
namespace {

// Handlers of the runtime library are given no state of ours.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): as said
std::atomic<telemetry::LogFormat> chosen_format{telemetry::LogFormat::kLogfmt};
std::atomic_flag ends_already = ATOMIC_FLAG_INIT;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

// The first thread that comes here ends the process; others wait for that.
void BeTheOnlyOne() {
  while (ends_already.test_and_set()) pause();
}

// Everything here is on the stack: there is no memory.
[[noreturn]] void SayThatMemoryIsOut() {
  constexpr std::string_view kWhat =
      "out of memory, so the process is ended; give it more memory, or fewer clusters";
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, sizeof("2026-01-02T03:04:05Z")> time{};
  static_cast<void>(std::strftime(time.data(), time.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
  std::array<char, 256> line{};
  const bool json = chosen_format.load() == telemetry::LogFormat::kJson;
  const auto [end, size] =
      json ? fmt::format_to_n(line.data(), line.size(),
                              R"({{"ts":"{}","level":"error","msg":"{}"}})"
                              "\n",
                              time.data(), kWhat)
           : fmt::format_to_n(line.data(), line.size(), "ts={} level=error msg=\"{}\"\n",
                              time.data(), kWhat);
  telemetry::LineWriter(STDERR_FILENO).Write({line.data(), end});
  ::_exit(kExitResource);
}

[[noreturn]] void EndWithoutMemory() {
  BeTheOnlyOne();
  SayThatMemoryIsOut();
}

std::string NameOf(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

// What the exception that was not caught says.
std::string DescribeException() {
  const auto exception = std::current_exception();
  if (!exception) return "none";
  const auto* type = abi::__cxa_current_exception_type();
  auto name = type == nullptr ? std::string("unknown") : NameOf(*type);
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return fmt::format("{}: {}", name, error.what());
  } catch (...) {
    return name;
  }
}

void SayWhatWasThrown() {
  const std::vector<telemetry::Field> fields = {{.key = "exception", .value = DescribeException()}};
  const auto line = telemetry::RenderLine(
      std::chrono::system_clock::now(), telemetry::LogLevel::kError, chosen_format.load(),
      "unexpected exception, so the process is ended; if memory and threads are not scarce, please "
      "report this as a bug",
      fields);
  telemetry::LineWriter(STDERR_FILENO).Write(line + '\n');
}

[[noreturn]] void EndAfterException() {
  BeTheOnlyOne();
  std::set_new_handler(nullptr);  // which would wait for us
  try {
    SayWhatWasThrown();
  } catch (...) {
    SayThatMemoryIsOut();
  }
  ::_exit(kExitFailed);
}

}  // namespace

void InstallLastWords(telemetry::LogFormat format) {
  chosen_format = format;
  std::set_new_handler(EndWithoutMemory);
  std::set_terminate(EndAfterException);
}

}  // namespace ecsd::app
