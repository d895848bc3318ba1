#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aws/credentials.h"
#include "core/records.h"
#include "discovery/account_clients.h"
#include "discovery/account_records.h"
#include "discovery/batches.h"
#include "discovery/call_queue.h"
#include "discovery/sorted_answer.h"
#include "support/result.h"

namespace ecsd::discovery {

// Reads what tasks refer to and is not known yet, in one refresh: each thing is asked for once.
// Used by the thread that owns the queue.
class ReferenceReader {
 public:
  // All must outlive this object.
  ReferenceReader(AccountClients clients, const aws::Deadline& deadline, AccountRecords& records,
                  CallQueue& queue)
      : clients_(clients), deadline_(deadline), records_(records), queue_(queue) {}

  // Asks for the machines of ECS Anywhere whose address is to be read again. To be called first.
  void AskMachinesDue();

  // Whether all that `task` of `cluster` refers to is known, as far as this refresh can know it.
  // Where it is not, a definition is asked for at once, and instances are noted for AskNoted.
  bool IsReady(const std::string& cluster, const core::Task& task);

  // To be called before IsReady is asked about all tasks again that were not ready, so that
  // AskNoted knows how many wait for what is noted.
  void CountAnew();

  // Asks for the noted instances. With kFull, those that do not fill a batch wait for others, until
  // many tasks wait for them; with kAll, something is asked for if anything is noted.
  void AskNoted(Take take);

 private:
  enum class AddressSource : std::uint8_t { kEc2, kSystemsManager };
  // Whether to ask for what is known all the same: a task without connection may have lost its
  // instance.
  enum class Renew : std::uint8_t { kNo, kYes };

  // Each says the same of one thing.
  bool HasDefinition(const core::Task& task);
  bool HasContainerInstance(const std::string& cluster, const std::string& arn, Renew renew);
  bool HasAddress(const std::string& id, Renew renew);

  // Whether AWS has answered for `key`; counts the task that asks this where it is only noted.
  bool IsAnswered(const std::string& key);
  void AskSomeNoted(Take take);
  // Whether it asked for any.
  bool AskNotedContainerInstances(Take take);
  // Those batches of `keys` that are to be asked for now; they are not noted any more.
  [[nodiscard]] std::vector<std::vector<std::string>> TakeNoted(std::vector<std::string>& keys,
                                                                std::size_t size, Take take);

  void AskDefinition(const std::string& arn, bool again = false);
  void AskContainerInstances(const std::string& cluster, std::vector<std::string> keys);
  void AskEc2(std::vector<std::string> keys);
  void AskSystemsManager(std::vector<std::string> keys);
  void AskAddresses(AddressSource source, std::vector<std::string> keys);
  void TakeContainerInstances(const std::string& cluster,
                              SortedAnswer<core::ContainerInstance> answers);
  void TakeAddresses(AddressSource source, const std::vector<std::string>& batch,
                     support::Result<std::vector<core::Instance>> answer);
  void TakeUnknown(const std::string& id);
  // What is absent or malformed and not `known` is asked for once more in the same refresh, before
  // anything is concluded from it: true, and added to `again`, the first time.
  bool AsksAgain(const std::string& key, bool known, std::vector<std::string>& again);
  [[nodiscard]] static std::string_view CallOf(AddressSource source);

  const AccountClients clients_;
  const aws::Deadline& deadline_;
  AccountRecords& records_;
  CallQueue& queue_;
  std::map<std::string, std::vector<std::string>> noted_instances_;  // by cluster
  std::vector<std::string> noted_ec2_;
  std::vector<std::string> noted_managed_;
  std::set<std::string> asked_again_;
  std::set<std::string> disconnected_;                  // instances whose agent is, by this refresh
  std::unordered_map<std::string, std::size_t> noted_;  // all of them: how many tasks wait for it
};

}  // namespace ecsd::discovery
