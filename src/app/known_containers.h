#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "app/file_contents.h"
#include "core/derive.h"
#include "core/target.h"
#include "server/containers.h"

namespace ecsd::app {

// The containers of all known tasks for the page, derived of their facts whenever somebody looks.
// Immutable; any thread may call.
class KnownContainers final : public server::Containers {
 public:
  explicit KnownContainers(Fleets fleets);

  [[nodiscard]] std::size_t target_count() const override { return tally_.targets; }
  [[nodiscard]] std::size_t skipped_count() const override { return skipped_count_; }
  void ForEachTarget(std::string_view cluster,
                     const std::function<bool(const core::Target&)>& each) const override;
  void ForEachSkipped(
      std::string_view cluster,
      const std::function<bool(const server::SkippedContainer&)>& each) const override;
  [[nodiscard]] server::SkipFacts FactsOf(const server::SkippedContainer& skipped) const override;

 private:
  Fleets fleets_;
  core::Tally tally_;
  std::size_t skipped_count_ = 0;
};

}  // namespace ecsd::app
