#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/dashboard.h"
#include "app/file_report.h"
#include "app/published.h"
#include "app/watchdog.h"
#include "discovery/source_view.h"
#include "output/file_sink.h"
#include "output/read_targets.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What a source has after a refresh, and how far that refresh came.
struct RefreshEnd {
  std::size_t source = 0;  // its place among the sources
  std::shared_ptr<const discovery::SourceView> view;
  bool complete = false;  // everything was read, and nothing is held back
  bool withheld = false;  // it may not be published: no other refresh comes, and this one failed
};

// Puts what all sources know where others look for it: the output file, `/sd` and the page. It
// writes on a thread of its own, so that no source waits for the disk of another but at the end of
// a refresh.
//
// The rule: what a refresh ends with is published at once; what is known earlier (a cluster that
// was read while others still are) after a pause of 19 times the processor time that the last
// publication took, within kShortestGap and kLongestGap, so that this takes a twentieth of a core
// at most. Nothing is published until every source may (SourceView::may_write).
//
// Any thread may call.
class Publisher {
 public:
  static constexpr std::chrono::milliseconds kShortestGap{200};
  static constexpr std::chrono::seconds kLongestGap{5};

  struct Parameters {
    std::string write_to;     // empty: there is no file
    std::size_t sources = 1;  // how many there are
    const support::Clock& clock;
    const telemetry::Log& log;
    Watchdog& watchdog;
    Dashboard* dashboard = nullptr;  // null: there is no web server
    std::stop_token stop;            // the program is to end
  };

  // What `parameters` refers to must outlive this object.
  explicit Publisher(Parameters parameters);
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;
  ~Publisher();

  // Before the first refresh: the targets of the output file, or why there are none.
  [[nodiscard]] support::Result<output::FileTargets> ReadOwnFile();
  // The file holds what these views have, so that it need not be written while they stay.
  void HoldsAlready(const SourceViews& views);

  // Something of a source changed in the middle of its refresh: it is published soon.
  void Changed(std::size_t source, std::shared_ptr<const discovery::SourceView> view);

  // A refresh has ended: publishes it, and waits until that is done.
  [[nodiscard]] Published Publish(const RefreshEnd& end);

  // Whether the last publication was made, and went well.
  [[nodiscard]] bool is_good();

  // Tells the page of the same refresh. Without a web server it does nothing.
  void UsesCredentials(std::size_t source, const aws::Credentials& credentials);
  void RefreshEnded(const RefreshNews& news);
  void ShowPage(std::size_t source, std::size_t refused_targets);

 private:
  // The state of every source, as it is to be published.
  struct Desk {
    SourceViews views;
    std::vector<bool> complete;
    bool withheld = false;
  };
  using Versions = std::vector<std::size_t>;

  void Work(const std::stop_token& ending);
  // False when the publisher ends.
  bool WaitForWork(std::unique_lock<std::mutex>& lock, const std::stop_token& ending);
  enum class Moment : std::uint8_t { kMidRefresh, kRefreshEnd };
  [[nodiscard]] Published Write(const Desk& desk, Moment moment);
  [[nodiscard]] Published WriteFile(const SourceViews& views, bool complete, Moment moment);
  // What a refresh did with the file: what it did early counts, where its end found nothing to do.
  [[nodiscard]] Published WithEarly(Published published, Moment moment);
  void ShowPage(const SourceViews& views);
  void NoteWritten(const support::Result<output::WriteOutcome>& outcome);
  [[nodiscard]] static Versions VersionsOf(const SourceViews& views);

  const Parameters parameters_;
  output::FileSink sink_;            // the thread's, once it works
  FileReport file_report_;           // the same
  std::optional<Versions> written_;  // of the targets that the file holds; the same
  std::optional<Published> early_;   // what was written since the last end of a refresh; the same

  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any done_wake_;
  Desk desk_;                              // guarded by mutex_
  bool changed_ = false;                   // guarded by mutex_: since the last publication
  std::uint64_t asked_ = 0;                // guarded by mutex_: calls of Publish
  std::uint64_t done_ = 0;                 // guarded by mutex_: of these, those done
  Published last_ = Published::kWithheld;  // guarded by mutex_
  support::SteadyTime next_;               // guarded by mutex_: of what is not urgent
  std::mutex dashboard_mutex_;             // for parameters_.dashboard
  std::jthread thread_;
};

}  // namespace ecsd::app
