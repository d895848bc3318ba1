#include "app/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stop_token>
#include <string>
#include <system_error>

#include "output/destination.h"
#include "output/posix.h"
#include "output/stream.h"
#include "support/pieces.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

// A person may read on in a pager tomorrow.
constexpr std::chrono::hours kAnyTime{24 * 365};

}  // namespace

bool Print(const std::string& text, const std::stop_token& stop, const telemetry::Log& log) {
  return Print(support::PiecesOf(text), stop, log);
}

bool Print(const support::Pieces& text, const std::stop_token& stop, const telemetry::Log& log) {
  output::Destination standard_output;
  standard_output.kind = output::Destination::Kind::kStream;
  standard_output.path = "standard output";
  standard_output.descriptor = STDOUT_FILENO;
  output::Posix posix;
  const auto printed = output::WriteStream(posix, standard_output, text, kAnyTime, stop);
  if (!printed && printed.error().code != ECANCELED) {
    log.Error("standard output could not be written",
              {{"error", std::generic_category().message(printed.error().code)}});
  }
  return printed.has_value();
}

}  // namespace ecsd::app
