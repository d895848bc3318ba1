#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/ecs_codec.h"
#include "core/selection.h"
#include "discovery/account_clients.h"
#include "discovery/account_records.h"
#include "discovery/fleet.h"
#include "discovery/reading.h"
#include "discovery/task_reader.h"
#include "support/result.h"

namespace ecsd::discovery {

// Reads an account through the API, with a bounded number of calls in flight. Called by one thread
// at a time.
class AccountReader {
 public:
  // `cluster` is a name or ARN, or empty for every cluster of `region`. The clients must outlive
  // this object.
  AccountReader(AccountClients clients, std::string cluster, std::string region);

  // Reads every cluster of the selection, and those that are known: a known cluster that is not
  // listed, or that ECS says it does not find, is gone only when DescribeClusters says so. A
  // failure concerns only what could not be read. `parameters.clients` are those of this object.
  [[nodiscard]] AccountReading Read(const TaskReader::Parameters& parameters) const;

  // What a refresh of this account needs besides what is kept from one to the next.
  [[nodiscard]] const AccountClients& clients() const { return clients_; }

 private:
  // Which clusters are to be read.
  struct Choice {
    std::optional<support::Error> error;
    std::vector<std::string> arns;
    std::vector<std::string> gone;
    std::vector<std::string> outside;
  };

  // What DescribeClusters says of clusters.
  struct Verdict {
    std::optional<support::Error> error;
    std::vector<std::string> gone;   // sorted
    std::vector<std::string> there;  // what is not gone, or not certainly; sorted
  };

  [[nodiscard]] Choice ChooseAll(const Fleet& fleet, const aws::Deadline& deadline) const;
  [[nodiscard]] Choice ChooseNamed(const Fleet& fleet, const aws::Deadline& deadline) const;
  [[nodiscard]] support::Result<std::string> FindNamed(const aws::Deadline& deadline) const;
  [[nodiscard]] std::optional<std::string> WhyNotTheNamed(
      const std::vector<aws::Cluster>& clusters) const;
  [[nodiscard]] Verdict Confirm(const std::vector<std::string>& arns,
                                const aws::Deadline& deadline) const;
  void ConfirmNotFound(std::vector<ClusterReading>& readings, const aws::Deadline& deadline) const;

  const AccountClients clients_;
  const std::string cluster_;
  const std::string region_;
};

}  // namespace ecsd::discovery
