#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/known_task.h"
#include "server/containers.h"

namespace ecsd::app {

// The containers of all known tasks for the page, in little more memory than the tasks that it
// shares with the fleet. Immutable; any thread may call.
class KnownContainers final : public server::Containers {
 public:
  using Facts = std::shared_ptr<const server::SkipFacts>;
  // The facts of a container that is no target: of which task, and at which place in it.
  using FindFacts = std::function<Facts(const discovery::KnownTask& task, std::size_t container)>;

  KnownContainers(std::shared_ptr<const discovery::FleetSnapshot> fleet, const FindFacts& find);

  [[nodiscard]] std::size_t target_count() const override { return target_count_; }
  [[nodiscard]] std::size_t skipped_count() const override { return facts_.size(); }
  void ForEachTarget(std::string_view cluster,
                     const std::function<bool(const core::Target&)>& each) const override;
  void ForEachSkipped(
      std::string_view cluster,
      const std::function<bool(const server::SkippedContainer&)>& each) const override;

 private:
  std::shared_ptr<const discovery::FleetSnapshot> fleet_;
  std::size_t target_count_ = 0;
  std::vector<Facts> facts_;  // of those that are no targets, in the order of `fleet_`
};

}  // namespace ecsd::app
