#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/ssm_client.h"
#include "core/records.h"
#include "discovery/account_records.h"
#include "support/result.h"

namespace ecsd::discovery {

// What one refresh read of a cluster.
struct ClusterReading {
  std::string arn;
  // Listing or describing failed: `tasks` is not all there is.
  std::optional<support::Error> error;
  std::vector<core::Task> tasks;
  // Tasks that are listed, but of which DescribeTasks said neither what they are nor that they are
  // gone.
  std::vector<std::string> unanswered;
};

// The clients of one account in one region.
struct AccountClients {
  const aws::EcsClient& ecs;
  aws::Ec2Client& ec2;
  const aws::SsmClient& ssm;
};

// Reads an account through the API, with a bounded number of calls in flight. Called by one thread
// at a time.
class AccountReader {
 public:
  // `cluster` is a name or ARN, or empty for every cluster of `region`. The clients must outlive
  // this object.
  AccountReader(AccountClients clients, std::string cluster, std::string region);

  // The ARNs of the clusters to read, sorted. kNotFound when the one that was asked for does not
  // exist.
  [[nodiscard]] support::Result<std::vector<std::string>> SelectClusters(
      const aws::Deadline& deadline) const;

  // The running tasks of each cluster, in the order of `arns`. A failure concerns only its own
  // cluster.
  [[nodiscard]] std::vector<ClusterReading> ReadClusters(const std::vector<std::string>& arns,
                                                         const aws::Deadline& deadline) const;

  // Makes `records` hold what the live tasks of `clusters` refer to: reads what is missing, forgets
  // what no task names any more (only when every cluster was read).
  void ReadRecords(const std::vector<ClusterReading>& clusters, const aws::Deadline& deadline,
                   AccountRecords& records) const;

 private:
  void ReadDefinitions(const std::vector<ClusterReading>& clusters, const aws::Deadline& deadline,
                       AccountRecords& records) const;
  void ReadContainerInstances(const std::vector<ClusterReading>& clusters,
                              const aws::Deadline& deadline, AccountRecords& records) const;
  void ReadAddresses(const aws::Deadline& deadline, AccountRecords& records) const;
  void ReadManagedAddresses(const aws::Deadline& deadline, AccountRecords& records) const;

  const AccountClients clients_;
  const std::string cluster_;
  const std::string region_;
};

}  // namespace ecsd::discovery
