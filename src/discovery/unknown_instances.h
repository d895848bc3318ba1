#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/clock.h"

namespace ecsd::discovery {

// For how long EC2 must not know an instance whose ECS agent is disconnected, until its targets are
// dropped. ECS goes on reporting the tasks of a dead instance as RUNNING (containers-roadmap 2040).
inline constexpr std::chrono::minutes kUnknownUntilGone{5};

// What became of an instance that EC2 does not know though ECS has a disconnected agent on it.
struct InstanceNews {
  enum class Kind : std::uint8_t { kUnknown, kGone, kKnownAgain };
  std::string id;
  Kind kind = Kind::kUnknown;
  friend bool operator==(const InstanceNews&, const InstanceNews&) = default;
};

// Instances that EC2 does not know (any more) or describes as terminated. One response may be
// wrong; an instance counts as gone when its agent is disconnected and refreshes over
// kUnknownUntilGone agree. Used by one thread.
class UnknownInstances {
 public:
  void BeginRefresh(support::SteadyTime now);

  // Notes a response of EC2 in this refresh.
  void NoteUnknown(const std::string& id);
  void NoteKnown(const std::string& id);
  // Notes that ECS describes a task on `id` as disconnected and its agent too.
  void NoteDisconnected(const std::string& id);

  // Whether EC2 did not know `id` in this refresh.
  [[nodiscard]] bool IsUnknown(const std::string& id) const;
  [[nodiscard]] bool IsGone(const std::string& id) const;

  // Instances with a disconnected agent that EC2 does not know and that are not gone yet.
  [[nodiscard]] std::size_t doubtful() const;
  // What has changed since the last call, by id.
  [[nodiscard]] std::vector<InstanceNews> TakeNews();

 private:
  struct Unknown {
    support::SteadyTime since;
    support::SteadyTime last;          // when EC2 was last asked
    support::SteadyTime disconnected;  // when ECS last reported that
    bool reported = false;
    bool reported_gone = false;
  };

  [[nodiscard]] bool IsDoubtful(const Unknown& unknown) const;

  support::SteadyTime now_;
  std::unordered_map<std::string, Unknown> unknown_;
  std::vector<std::string> known_again_;
};

}  // namespace ecsd::discovery
