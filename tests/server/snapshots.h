#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/target.h"
#include "server/containers.h"
#include "server/response.h"
#include "server/snapshot.h"

namespace ecsd::server {

// Containers that are kept as they are.
class PlainContainers final : public Containers {
 public:
  std::vector<core::Target> targets;
  std::vector<SkippedContainer> skipped;
  SkipFacts facts;  // of each of them

  [[nodiscard]] std::size_t target_count() const override { return targets.size(); }
  [[nodiscard]] std::size_t skipped_count() const override { return skipped.size(); }
  void ForEachTarget(std::string_view cluster,
                     const std::function<bool(const core::Target&)>& each) const override;
  void ForEachSkipped(std::string_view cluster,
                      const std::function<bool(const SkippedContainer&)>& each) const override;
  [[nodiscard]] SkipFacts FactsOf(const SkippedContainer& /*skipped*/) const override {
    return facts;
  }
};

// A snapshot of a program that has just been started.
[[nodiscard]] Snapshot EmptySnapshot();

// A snapshot after a good refresh: cluster `prod` with a target and a skipped container, cluster
// `test` that could not be read.
[[nodiscard]] Snapshot GoodSnapshot();

// The containers of GoodSnapshot.
[[nodiscard]] PlainContainers GoodContainers();

// The value of the header `name`; "(none)" when it is not there.
[[nodiscard]] std::string HeaderOf(const Response& response, std::string_view name);

[[nodiscard]] std::string BodyOf(const Response& response);

}  // namespace ecsd::server
