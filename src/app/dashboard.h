#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/caller_identity.h"
#include "aws/credentials.h"
#include "aws/sts_client.h"
#include "discovery/source.h"
#include "discovery/source_view.h"
#include "output/file_sink.h"
#include "server/board.h"
#include "server/live_figures.h"
#include "server/snapshot.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::app {

// A refresh of one source that has ended.
struct RefreshNews {
  std::size_t source = 0;  // its place among the sources
  const discovery::RefreshReport& report;
  std::chrono::duration<double> took{};
  std::uint64_t throttles = 0;  // refused calls since the start, of all sources
};

// What all sources know, in their order; null for one that has told nothing yet.
using SourceViews = std::vector<std::shared_ptr<const discovery::SourceView>>;

// Tells the web server what refreshes did: keeps the counts and the last events, and puts a new
// snapshot on the board after each refresh. One thread at a time.
class Dashboard {
 public:
  // The references must outlive this object.
  Dashboard(server::Board& board, const support::Clock& clock);

  // To be called once for each refresh, in this order; FileWritten only when there was a write.
  void UsesCredentials(std::size_t source, const aws::Credentials& credentials);
  void RefreshEnded(const RefreshNews& news);
  void FileWritten(const support::Result<output::WriteOutcome>& outcome);
  void TargetsRefused(std::size_t source, std::size_t count);
  void Publish(const SourceViews& views);

  // Between two refreshes, by the thread that calls UsesCredentials: see CallerIdentity.
  void FindCaller(const aws::StsClient& sts, const std::stop_token& stop) {
    caller_.Find(sts, stop);
  }
  // Any thread may call.
  [[nodiscard]] server::CallerFigures caller() const { return caller_.Current(); }

 private:
  // What the last refreshes of one source were like.
  struct SourceStory {
    std::string error;         // of the last one; empty: none
    std::string error_before;  // of the one before
    std::optional<support::SystemTime> failing_since;
    std::string credential_source;
    std::optional<support::SystemTime> credentials_expire;
    std::string held_why;  // why the targets that are held back cannot be asked for
    std::size_t refused_targets = 0;
    std::optional<support::SystemTime> last_complete;
  };

  [[nodiscard]] SourceStory& StoryOf(std::size_t source);
  void NoteUnread(const server::Snapshot& before, const server::Snapshot& now);
  void NoteLoss(std::size_t before, std::size_t after);
  void TakeEvents(const RefreshNews& news);
  void TakeThrottles(std::uint64_t throttles);
  void AddEvent(server::EventKind kind, std::string subject, std::string text);
  void AddStories(server::Snapshot& snapshot) const;
  void AddHeldBack(const SourceViews& views, server::Snapshot& snapshot) const;
  void AddDoubts(const SourceViews& views, server::Snapshot& snapshot) const;
  void AddContainers(const SourceViews& views, server::Snapshot& snapshot);
  void CountCaches(const SourceViews& views);

  server::Board& board_;
  const support::Clock& clock_;
  const support::SystemTime started_;
  std::optional<support::SystemTime> refreshed_;
  support::SteadyTime last_success_;
  CallerIdentity caller_;
  std::uint64_t throttles_ = 0;
  std::vector<std::size_t> targets_versions_;  // of the last document, by source
  std::string write_error_;                    // of the last writing of the file; empty: none
  server::Tallies tallies_;
  std::vector<SourceStory> stories_;  // by source
  std::deque<server::Event> events_;  // newest first
};

}  // namespace ecsd::app
