#include "app/progress_line.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "discovery/progress.h"
#include "support/clock.h"
#include "support/strings.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

constexpr std::chrono::milliseconds kBetween{100};

// Of the terminal; a line that wraps could not be replaced in place.
std::size_t Width() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return (known ? size.ws_col : kUsual) - 1;
}

}  // namespace

std::string ProgressText(const discovery::Progress& progress, std::size_t width) {
  auto text = progress.clusters == 0 ? std::string("reading: the list of clusters")
                                     : fmt::format("reading: {} of {} {}, {} tasks",
                                                   support::WithThousands(progress.done),
                                                   support::WithThousands(progress.clusters),
                                                   progress.clusters == 1 ? "cluster" : "clusters",
                                                   support::WithThousands(progress.tasks));
  if (text.size() > width) text.resize(width);
  return text;
}

ProgressLine::ProgressLine(const telemetry::Log& log, const support::Clock& clock)
    : log_(log), clock_(clock), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) log_.ShowStatus({});
}

void ProgressLine::Show(const discovery::Progress& progress) {
  if (!on_terminal_) return;
  const auto now = clock_.Steady();
  if (shown_ && now - *shown_ < kBetween) return;
  shown_ = now;
  log_.ShowStatus(ProgressText(progress, Width()));
}

}  // namespace ecsd::app
