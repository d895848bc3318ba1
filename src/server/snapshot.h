#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.h"
#include "server/containers.h"
#include "server/document.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::server {

// How a cluster stands after a refresh.
struct ClusterStatus {
  std::string arn;
  std::string name;
  std::optional<support::SystemTime> last_success;  // when it was last read as a whole
  std::optional<support::SystemTime> stale_since;   // nothing: read as a whole in the last refresh
  std::string error;                                // why it is stale
  std::size_t tasks = 0;
  std::size_t targets = 0;
  std::size_t skipped = 0;
  bool outside = false;  // outside the selection: nobody reads it, and its targets are held back
  friend bool operator==(const ClusterStatus&, const ClusterStatus&) = default;
};

enum class EventKind : std::uint8_t {
  kStale,      // a cluster could not be read; its last targets are kept
  kRecovered,  // a stale cluster is read again
  kGone,       // a cluster, or what was held back, is no more; its targets are dropped
  kHeldBack,   // targets that would be lost are held back
  kThrottled,  // AWS asked for fewer calls
  kDoubtful,   // an address may not lead to its machine
  kFailed,     // a refresh, or the writing of the file, failed
};

struct Event {
  support::SystemTime at;
  EventKind kind = EventKind::kFailed;
  std::string subject;  // "cluster prod"
  std::string text;
  friend bool operator==(const Event&, const Event&) = default;
};

// How long refreshes took: how many took at most so many seconds.
struct DurationCounts {
  static constexpr std::array<double, 11> kBounds = {0.1, 0.25, 0.5, 1,   2.5, 5,
                                                     10,  30,   60,  120, 300};
  std::array<std::uint64_t, kBounds.size()> counts{};  // not cumulative
  std::uint64_t total = 0;                             // also of those above the last bound
  double seconds = 0;                                  // of all together

  void Add(double duration);
};

// Targets outside the selection, which are kept until enough complete refreshes agree that they
// are.
struct HeldBack {
  std::vector<std::string> clusters;  // names
  std::size_t targets = 0;
  std::string why;                     // why the clusters cannot be asked for
  std::size_t refreshes_to_agree = 0;  // complete ones, still to come
  friend bool operator==(const HeldBack&, const HeldBack&) = default;
};

// Known tasks whose latest readings contradict what is known, and are not believed yet.
struct Doubted {
  std::size_t tasks = 0;
  support::SystemTime believed;  // when the last of them will be, if all readings until then agree
  friend bool operator==(const Doubted&, const Doubted&) = default;
};

struct CacheCounts {
  std::string name;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

// What refreshes have done since the start.
struct Tallies {
  std::uint64_t refreshes = 0;
  std::uint64_t failed = 0;  // of these, those that did not read everything
  std::array<std::uint64_t, support::kErrorKinds> failures{};  // the same, by ErrorKind
  DurationCounts durations;
  std::uint64_t writes = 0;     // of the file, with new bytes
  std::uint64_t unchanged = 0;  // the bytes were there already
  std::uint64_t write_failures = 0;
  std::optional<bool> last_write_good;  // nothing: no write was due yet
  std::uint64_t held_back = 0;          // refreshes whose losses were held back
  std::size_t held_back_targets = 0;    // now
  // Instances that EC2 does not know, whose ECS agent is disconnected and whose targets are kept.
  std::size_t unknown_instances = 0;
  std::vector<CacheCounts> caches;
};

// Everything that the last refresh left behind. Immutable once it is published.
struct Snapshot {
  support::SystemTime started;                   // when the program did
  std::optional<support::SystemTime> refreshed;  // when the last refresh ended
  // When this process last read a whole cluster, or found that there is none; before it ever did,
  // when it began. By the clock that does not jump.
  support::SteadyTime last_success;
  std::optional<support::SystemTime> last_complete;       // when one last read everything
  std::string credential_source;                          // empty: there were none yet
  std::optional<support::SystemTime> credentials_expire;  // nothing: not, or not known
  std::string error;                                      // why the last refresh was not complete
  std::optional<support::SystemTime> failing_since;       // when the first of these refreshes ended
  std::string write_error;                                // why the output file is not up to date
  std::vector<ClusterStatus> clusters;                    // by name
  std::size_t tasks = 0;
  core::ReasonCounts reasons{};
  std::vector<std::string> warnings;  // about targets that may not be reached
  std::optional<HeldBack> held_back;
  Doubted doubted;
  std::size_t refused_targets = 0;  // that Prometheus refuses
  // Null until the first good discovery.
  std::shared_ptr<const Document> targets_document;
  std::shared_ptr<const Containers> containers;  // null: none is known
  std::vector<Event> events;                     // newest first, the last few only
  Tallies tallies;

  [[nodiscard]] std::size_t target_count() const {
    return containers == nullptr ? 0 : containers->target_count();
  }
  [[nodiscard]] std::size_t skipped_count() const {
    return containers == nullptr ? 0 : containers->skipped_count();
  }
  // Whether there has been a good discovery.
  [[nodiscard]] bool ready() const { return targets_document != nullptr; }
};

}  // namespace ecsd::server
