#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "core/selection.h"
#include "core/target.h"
#include "discovery/account_clients.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "discovery/address_warnings.h"
#include "discovery/fleet.h"
#include "discovery/guard.h"
#include "discovery/known_state.h"
#include "discovery/pace.h"
#include "discovery/progress.h"
#include "discovery/source_view.h"
#include "discovery/task_reader.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// What an operator should hear of, once per change.
enum class EventKind : std::uint8_t {
  kClusterStale,       // it could not be read as a whole; its last known targets are kept
  kClustersPostponed,  // a refresh had no time for some clusters; they come first in the next
  kClusterRecovered,   // it was read as a whole again
  kClusterGone,        // it was deleted; its targets are dropped
  kLossHeld,           // targets whose end cannot be confirmed are kept for now
  kLossAccepted,       // and now they are dropped
  kTasksDoubted,       // what ECS says of known tasks is not believed yet; they are kept
  kInstanceUnknown,    // EC2 does not know an instance with a disconnected agent; targets are kept
  kInstanceGone,       // so it was for five minutes; its targets are dropped
  kInstanceKnown,      // EC2 knows it again
  kAddressDoubtful,    // `error`: an address that may not lead to the machine; `subject`: machines
  kAddressClear,       // the same is no longer so
  kLossSmall,          // dropped at once, for they are few
};

struct Event {
  EventKind kind = EventKind::kClusterStale;
  std::string subject;       // the cluster, or the clusters, by ARN; the instances by id
  std::string error;         // why; of a loss: why the clusters cannot be asked for
  std::size_t targets = 0;   // of a loss; tasks that are doubted
  std::size_t clusters = 0;  // that are postponed
  friend bool operator==(const Event&, const Event&) = default;
};

// How a refresh went.
struct RefreshReport {
  // The first thing that went wrong; nothing when everything was read.
  std::optional<support::Error> error;
  // Every cluster that was to be read, or that is gone.
  std::vector<ClusterHealth> clusters;
  std::vector<Event> events;
  std::size_t listed = 0;     // tasks on the pages of listings
  std::size_t described = 0;  // tasks that were asked for
  // Something is held back: what is known is not what was read.
  bool holds_loss = false;

  [[nodiscard]] bool complete() const { return !error && !holds_loss; }
};

// One account in one region with one selection of clusters: reads it again and again, and keeps the
// last good state of all that could not be read. Used by one thread.
class Source {
 public:
  struct Parameters {
    AccountClients clients;
    std::string cluster;  // name or ARN; empty: all of them
    std::string region;
    std::shared_ptr<const core::Selection> selection = std::make_shared<core::Selection>();
    std::chrono::nanoseconds interval{};           // between two refreshes
    std::chrono::nanoseconds rediscover_within{};  // see DescribeRules
    std::chrono::nanoseconds startup_grace{};      // see MayWrite
    std::int64_t max_drop_percent = 50;            // see Guard
    bool one_shot = false;                         // there will be one refresh only
    ObserveProgress progress;                      // empty: nobody asks
    // Called when a cluster was read while others still are, so that its news are known. Empty:
    // nobody asks.
    std::function<void()> on_cluster;
  };

  // `clock` and the clients must outlive this object.
  Source(Parameters parameters, const support::Clock& clock);

  // Takes the targets of our own output file for the last good state of what is not known
  // otherwise. From here on it may be written, unless the file was not read whole, or is empty:
  // that somebody may have made for a start, and an empty list over HTTP would take away what a
  // Prometheus has. `written` is when the file was written last.
  void Seed(std::span<const core::Target> targets, bool whole,
            std::optional<support::SystemTime> written = std::nullopt);
  // The same for what an earlier process knew; to be done before Seed. `clusters` and `tasks` are
  // those of a source that might write (MayWrite): with them this one may from the start.
  void Restore(const KnownState& state);
  [[nodiscard]] KnownState Save() const;

  // Reads the account once. What fails leaves what is known as it was.
  [[nodiscard]] RefreshReport Refresh(const aws::Deadline& deadline);
  // A refresh that could not even begin, for want of credentials.
  [[nodiscard]] RefreshReport Fail(support::Error error);

  // Whether what is known may replace what was written before: true when it began with that, once
  // every cluster has been read as a whole, and when the grace time is over and some cluster was.
  [[nodiscard]] bool MayWrite() const;

  // Derives everything anew, by other rules, without a call.
  void Select(std::shared_ptr<const core::Selection> selection) {
    fleet_.Select(std::move(selection));
  }

  // The loss that is held back now.
  [[nodiscard]] std::optional<HeldLoss> held_loss() const;

  [[nodiscard]] const Fleet& fleet() const { return fleet_; }
  [[nodiscard]] std::shared_ptr<const FleetSnapshot> Snapshot() const {
    return fleet_.Snapshot(Now());
  }
  // Costs as little as the clusters are many.
  [[nodiscard]] std::shared_ptr<const SourceView> View() const;
  [[nodiscard]] const AccountRecords& records() const { return records_; }

 private:
  [[nodiscard]] Moment Now() const { return {.steady = clock_.Steady(), .system = clock_.Now()}; }
  [[nodiscard]] RefreshReport TakeIn(AccountReading reading);
  // Clusters that had no turn are reported together where there are many of them.
  void NoteEvents(const Course& course, RefreshReport& report);
  void NotePostponed(std::size_t clusters, RefreshReport& report);
  void NoteInstances(RefreshReport& report);
  void NoteAddresses(RefreshReport& report);
  bool ResumeLoss(std::size_t lost);
  void JudgeLoss(RefreshReport& report);

  const Parameters parameters_;
  const support::Clock& clock_;
  const support::SteadyTime started_;
  std::optional<support::SteadyTime> last_refresh_;
  AccountReader reader_;
  AccountRecords records_;
  Fleet fleet_;
  Guard guard_;
  std::vector<AddressWarning> address_warnings_;
  std::optional<HeldLoss> resumed_;  // what an earlier process held back, until this one sees it
  Pace pace_;                        // of the next refresh
  std::size_t targets_before_ = 0;   // this refresh
  std::set<std::string> stale_;      // clusters that were said to be stale
  bool postpones_ = false;           // the last refresh had no time for some clusters
  bool began_with_targets_ = false;
};

}  // namespace ecsd::discovery
