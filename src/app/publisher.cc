#include "app/publisher.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/dashboard.h"
#include "app/file_contents.h"
#include "app/published.h"
#include "discovery/source_view.h"
#include "output/file_sink.h"
#include "output/read_targets.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

// Much longer than any disk that works takes.
constexpr std::chrono::minutes kLongestWrite{3};

// How much processor time the calling thread has taken.
std::chrono::nanoseconds ThreadTime() {
  timespec now{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return {};
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::chrono::nanoseconds GapAfter(std::chrono::nanoseconds spent) {
  constexpr int kShare = 19;  // of twenty parts one is for publishing
  return std::clamp<std::chrono::nanoseconds>(kShare * spent, Publisher::kShortestGap,
                                              Publisher::kLongestGap);
}

bool MayWrite(const SourceViews& views) {
  return std::ranges::all_of(views,
                             [](const auto& view) { return view != nullptr && view->may_write; });
}

Fleets FleetsOf(const SourceViews& views) {
  Fleets fleets;
  for (const auto& view : views) fleets.push_back(view->fleet);
  return fleets;
}

}  // namespace

Publisher::Publisher(Parameters parameters)
    : parameters_(std::move(parameters)),
      sink_(parameters_.write_to,
            [&log = parameters_.log](const std::string& message) { log.Warn(message); }),
      file_report_(parameters_.clock, parameters_.log),
      desk_{.views = SourceViews(parameters_.sources),
            .complete = std::vector<bool>(parameters_.sources)},
      thread_([this](const std::stop_token& ending) { Work(ending); }) {}

Publisher::~Publisher() {
  thread_.request_stop();
  thread_.join();
}

support::Result<output::FileTargets> Publisher::ReadOwnFile() {
  sink_.Notice();
  return output::ReadTargetsOf(parameters_.write_to, parameters_.stop);
}

void Publisher::HoldsAlready(const SourceViews& views) {
  written_ = VersionsOf(views);
}

void Publisher::Changed(std::size_t source, std::shared_ptr<const discovery::SourceView> view) {
  const std::scoped_lock lock(mutex_);
  desk_.views.at(source) = std::move(view);
  desk_.complete.at(source) = false;
  changed_ = true;
  wake_.notify_all();
}

Published Publisher::Publish(const RefreshEnd& end) {
  std::unique_lock lock(mutex_);
  desk_.views.at(end.source) = end.view;
  desk_.complete.at(end.source) = end.complete;
  desk_.withheld = end.withheld;
  const auto ticket = ++asked_;
  wake_.notify_all();
  done_wake_.wait(lock, [&] { return done_ >= ticket; });
  return last_;
}

// What is not urgent waits until next_; a call of Publish ends that wait.
bool Publisher::WaitForWork(std::unique_lock<std::mutex>& lock, const std::stop_token& ending) {
  const auto is_asked = [this] { return asked_ > done_; };
  wake_.wait(lock, ending, [&] { return is_asked() || changed_; });
  if (!is_asked()) wake_.wait_until(lock, ending, next_, is_asked);
  return !ending.stop_requested();
}

void Publisher::Work(const std::stop_token& ending) {
  std::unique_lock lock(mutex_);
  while (WaitForWork(lock, ending)) {
    const auto asked = asked_;
    const auto moment = asked == done_ ? Moment::kMidRefresh : Moment::kRefreshEnd;
    const auto desk = desk_;
    changed_ = false;
    lock.unlock();
    const auto before = ThreadTime();
    const auto published = WithEarly(Write(desk, moment), moment);
    if (moment == Moment::kMidRefresh) ShowPage(desk.views);
    const auto gap = GapAfter(ThreadTime() - before);
    lock.lock();
    next_ = parameters_.clock.Steady() + gap;
    if (moment == Moment::kRefreshEnd) last_ = published;
    done_ = asked;
    done_wake_.notify_all();
  }
}

Published Publisher::WithEarly(Published published, Moment moment) {
  if (moment == Moment::kRefreshEnd) {
    const auto early = std::exchange(early_, std::nullopt);
    return published == Published::kUnchanged && early ? *early : published;
  }
  if (published == Published::kReplaced || published == Published::kInPlace) early_ = published;
  return published;
}

Published Publisher::Write(const Desk& desk, Moment moment) {
  if (desk.withheld || !MayWrite(desk.views)) return Published::kWithheld;
  if (parameters_.write_to.empty()) return Published::kServed;
  const auto writing =
      parameters_.watchdog.Begin("writing the output file " + parameters_.write_to, kLongestWrite);
  const bool complete = std::ranges::all_of(desk.complete, [](bool each) { return each; });
  return WriteFile(desk.views, complete, moment);
}

// The file's mtime moves after complete refreshes only, for people alert on its age. A file that
// somebody else has changed or removed is mended after any refresh: an outage may be long.
// What cannot be written in the middle of a refresh is told at its end, if it still cannot.
Published Publisher::WriteFile(const SourceViews& views, bool complete, Moment moment) {
  const auto versions = VersionsOf(views);
  if (written_ == versions) {
    if (!complete && !sink_.IsDisturbed()) return Published::kUnchanged;
    if (complete && sink_.TouchIfStillOurs()) {
      NoteWritten(output::WriteOutcome::kUnchanged);
      return Published::kUnchanged;
    }
  }
  const auto outcome =
      sink_.Write(FileContents(FleetsOf(views), parameters_.write_to), parameters_.stop,
                  complete ? output::WhenEqual::kTouch : output::WhenEqual::kLeave);
  if (!outcome && moment == Moment::kMidRefresh) {
    written_.reset();
    return Published::kFailed;
  }
  if (!parameters_.stop.stop_requested()) NoteWritten(outcome);
  if (!outcome) {
    if (outcome.error().kind == support::ErrorKind::kCancelled) return Published::kFailed;
    written_.reset();
    file_report_.Failed(outcome.error());
    return Published::kFailed;
  }
  file_report_.Written(sink_.other_writer());
  written_ = versions;
  return PublishedBy(*outcome);
}

void Publisher::NoteWritten(const support::Result<output::WriteOutcome>& outcome) {
  const std::scoped_lock lock(dashboard_mutex_);
  if (parameters_.dashboard != nullptr) parameters_.dashboard->FileWritten(outcome);
}

Publisher::Versions Publisher::VersionsOf(const SourceViews& views) {
  Versions versions;
  for (const auto& view : views) versions.push_back(view->fleet->targets_version());
  return versions;
}

bool Publisher::is_good() {
  const std::scoped_lock lock(mutex_);
  return last_ != Published::kFailed && last_ != Published::kWithheld;
}

void Publisher::UsesCredentials(std::size_t source, const aws::Credentials& credentials) {
  const std::scoped_lock lock(dashboard_mutex_);
  if (parameters_.dashboard != nullptr) parameters_.dashboard->UsesCredentials(source, credentials);
}

void Publisher::RefreshEnded(const RefreshNews& news) {
  const std::scoped_lock lock(dashboard_mutex_);
  if (parameters_.dashboard != nullptr) parameters_.dashboard->RefreshEnded(news);
}

void Publisher::ShowPage(std::size_t source, std::size_t refused_targets) {
  SourceViews views;
  {
    const std::scoped_lock lock(mutex_);
    views = desk_.views;
  }
  {
    const std::scoped_lock lock(dashboard_mutex_);
    if (parameters_.dashboard != nullptr)
      parameters_.dashboard->TargetsRefused(source, refused_targets);
  }
  ShowPage(views);
}

void Publisher::ShowPage(const SourceViews& views) {
  const std::scoped_lock lock(dashboard_mutex_);
  if (parameters_.dashboard != nullptr) parameters_.dashboard->Publish(views);
}

}  // namespace ecsd::app
