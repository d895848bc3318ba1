#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/target.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "support/result.h"

namespace ecsd::discovery {

// How a cluster fared in a refresh.
struct ClusterHealth {
  std::string arn;
  bool was_read = false;                // as a whole, in some refresh before this one
  bool was_good = true;                 // in the refresh before this one
  std::optional<support::Error> error;  // why it could not be read as a whole; nothing: it was
};

// Why `reading` is not the whole cluster: it could not be listed or described, a task was not
// answered, or something that a task refers to could not be read. What AWS says does not exist is
// no such reason.
[[nodiscard]] std::optional<support::Error> WhyIncomplete(const ClusterReading& reading,
                                                          const AccountRecords& records);

// The last good outcome of every task of every cluster. Failures never take anything away: a
// cluster that could not be read keeps its tasks, and a task whose definition or instance could not
// be read keeps its outcome. Used by one thread.
class Inventory {
 public:
  explicit Inventory(core::Selection selection) : selection_(std::move(selection)) {}

  // Takes in one refresh: `readings` is every cluster that there is, `records` what their tasks
  // refer to.
  std::vector<ClusterHealth> Update(const std::vector<ClusterReading>& readings,
                                    const AccountRecords& records);

  // Whether what is known may replace an older file: true from the first Update on after which
  // every cluster that there was had been read as a whole at some time. A cluster that comes later
  // holds up nobody.
  [[nodiscard]] bool ready() const { return ready_; }

  // Every target, in the order of the file.
  [[nodiscard]] std::vector<core::Target> Targets() const;

  // How many containers are no targets, by reason.
  [[nodiscard]] core::ReasonCounts Reasons() const;

  [[nodiscard]] std::size_t task_count() const;

 private:
  using Outcomes = std::vector<core::Outcome>;

  struct ClusterState {
    bool ever_read = false;
    bool good = true;
    std::map<std::string, Outcomes> tasks;  // by task ARN
  };

  void UpdateCluster(const ClusterReading& reading, const AccountRecords& records,
                     ClusterState& state) const;

  const core::Selection selection_;
  bool ready_ = false;
  std::map<std::string, ClusterState> clusters_;  // by cluster ARN
};

}  // namespace ecsd::discovery
