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
#include "discovery/fleet.h"
#include "discovery/source.h"
#include "output/file_sink.h"
#include "server/board.h"
#include "server/live_figures.h"
#include "server/snapshot.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::app {

// Tells the web server what refreshes did: keeps the counts and the last events, and puts a new
// snapshot on the board after each refresh. Used by the thread of the refresh loop alone.
class Dashboard {
 public:
  // The references must outlive this object.
  Dashboard(server::Board& board, const support::Clock& clock);

  // To be called once for each refresh, in this order; FileWritten only when there was a write.
  void RefreshEnded(const discovery::RefreshReport& report, std::chrono::duration<double> took);
  void UsesCredentials(const aws::Credentials& credentials);
  void ThrottledSoFar(std::uint64_t throttles);
  void FileWritten(const support::Result<output::WriteOutcome>& outcome);
  void TargetsRefused(std::size_t count) { refused_targets_ = count; }
  void Publish(const discovery::Source& source);

  // Between two refreshes: see CallerIdentity.
  void FindCaller(const aws::StsClient& sts, const std::stop_token& stop) {
    caller_.Find(sts, stop);
  }
  // Any thread may call.
  [[nodiscard]] server::CallerFigures caller() const { return caller_.Current(); }

 private:
  void NoteUnread(const server::Snapshot& before, const server::Snapshot& now);
  void NoteLoss(std::size_t before, std::size_t after);
  void TakeEvents(const discovery::RefreshReport& report);
  void AddEvent(server::EventKind kind, std::string subject, std::string text);
  void AddHeldBack(const discovery::Source& source, server::Snapshot& snapshot) const;
  void AddDoubts(const discovery::Fleet& fleet, server::Snapshot& snapshot) const;
  static void AddClusters(const discovery::Source& source, server::Snapshot& snapshot);
  void AddContainers(const discovery::Source& source, server::Snapshot& snapshot);

  server::Board& board_;
  const support::Clock& clock_;
  const support::SystemTime started_;
  std::optional<support::SystemTime> refreshed_;
  support::SteadyTime last_success_;
  std::optional<support::SystemTime> last_complete_;
  std::string credential_source_;
  std::optional<support::SystemTime> credentials_expire_;
  std::optional<support::SystemTime> failing_since_;
  CallerIdentity caller_;
  std::uint64_t throttles_ = 0;
  std::size_t refused_targets_ = 0;
  std::size_t targets_version_ = 0;  // of the last document
  std::string error_;                // of the last refresh; empty: none
  std::string error_before_;         // that of the refresh before
  std::string write_error_;          // of the last writing of the file; empty: none
  std::string held_why_;             // why the targets that are held back cannot be asked for
  server::Tallies tallies_;
  std::deque<server::Event> events_;  // newest first
};

}  // namespace ecsd::app
