#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/address_warnings.h"
#include "discovery/known_state.h"
#include "discovery/lru_cache.h"
#include "discovery/machines.h"
#include "discovery/unknown_instances.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// How often a kind of record was at hand for a described task, and how many were asked for.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

// What this refresh knows of the things that one task refers to.
struct ReferencesFound {
  core::TaskReferences known;
  const support::Error* why_no_definition = nullptr;
  const support::Error* why_no_instance = nullptr;
  // What EC2 or ECS reports of the instance instead of an address; empty: nothing.
  std::string instance_state;
  bool instance_unknown = false;  // EC2 does not know it, and its agent is disconnected
  bool instance_gone = false;     // the same for as long as makes sure that it has ended

  // For people; empty where nothing is to be said. Point into this object.
  [[nodiscard]] std::string_view WhyNoDefinition() const;
  [[nodiscard]] std::string_view WhyNoInstance() const;
};

// What tasks refer to. Most of what is kept here never changes in AWS: the content of a task
// definition revision, the instance behind a container instance, the private address of an EC2
// instance (it stays with its primary interface also while it is stopped: EC2 User Guide, "Amazon
// EC2 instance IP addressing"); so each is asked for once, and again only after many others took
// its place. The address of a machine of ECS Anywhere may change, and is asked for again within
// Freshness::within. An instance that has no address yet is asked for again in the next refresh,
// and then at growing intervals of up to ten minutes; what is unknown, malformed or cannot be
// reached is asked for in every refresh and never kept as known. Used by one thread.
class AccountRecords {
 public:
  struct Capacities {
    std::size_t definitions = 10'000;
    std::size_t instances = 50'000;
  };

  AccountRecords() : AccountRecords(Capacities()) {}
  explicit AccountRecords(Capacities capacities)
      : definitions_(capacities.definitions),
        instances_(capacities.instances),
        addresses_(capacities.instances) {}

  // Forgets what could not be read the last time, and lets go of what was not used for long.
  void BeginRefresh(const Freshness& freshness);
  void BeginRefresh(support::SteadyTime now) { BeginRefresh(Freshness{.now = now, .system = {}}); }

  void PutDefinition(const std::string& arn, core::TaskDefinition definition);
  void PutContainerInstance(core::ContainerInstance instance);
  // Notes the description of an instance that exists; without an address it has none yet.
  void PutInstance(core::Instance instance);
  // Notes that EC2 or Systems Manager does not know the instance `id`. What was known of it stays.
  void PutUnknownInstance(const std::string& id);
  // Notes that ECS reports the agent of the instance `id` as disconnected.
  void PutDisconnected(const std::string& id) { unknown_.NoteDisconnected(id); }
  // Notes for this refresh that there is no record of `key`.
  void PutAbsent(const std::string& key) { Answer(key); }
  // Notes for this refresh why the record of `key` is not there.
  void PutUnread(const std::string& key, support::Error error);

  // Lets go of a definition that cannot be right, so that it is asked for in the next refresh.
  void ForgetDefinition(const std::string& arn) { definitions_.Remove(arn); }

  // Whether the record of `key` need not be asked for: it is there, or this refresh has its answer
  // (or has asked), or for an instance, it is too early to ask again.
  [[nodiscard]] bool HasDefinition(const std::string& arn);
  [[nodiscard]] bool HasContainerInstance(const std::string& arn);
  [[nodiscard]] bool HasInstance(const std::string& id);
  // Whether this refresh has asked for `key`.
  [[nodiscard]] bool IsTold(const std::string& key) const { return inquiries_.contains(key); }
  // Whether a record is kept, however old: it is not new to ask for it.
  [[nodiscard]] bool KeepsContainerInstance(const std::string& arn) {
    return instances_.Find(arn) != nullptr;
  }
  [[nodiscard]] bool KeepsInstance(const std::string& id) { return addresses_.Find(id) != nullptr; }
  // The machines of ECS Anywhere to ask for in this refresh, as Machines::Due.
  [[nodiscard]] std::vector<std::string> MachinesDue() const { return machines_.Due(); }
  // The addresses that machines had before this refresh read others. Forgotten by this call.
  [[nodiscard]] std::vector<std::string> TakeMovedFrom() { return std::exchange(moved_from_, {}); }
  // Notes that the record of `key` is being asked for: true for the first to ask in this refresh.
  bool Ask(const std::string& key);
  // Whether an answer for `key` is still to come.
  [[nodiscard]] bool IsAsked(const std::string& key) const;

  [[nodiscard]] std::shared_ptr<const core::TaskDefinition> Definition(const std::string& arn);
  [[nodiscard]] std::shared_ptr<const core::ContainerInstance> ContainerInstance(
      const std::string& arn);
  [[nodiscard]] ReferencesFound ReferencesOf(const core::Task& task);
  // Why something that decides where `task` is reached could not be read; null when nothing failed.
  [[nodiscard]] static const support::Error* WhyUnknown(const core::Task& task,
                                                        const ReferencesFound& references);

  // The doubtful addresses of machines on which tasks run.
  [[nodiscard]] std::vector<AddressWarning> AddressWarnings() const;
  // Instances with a disconnected agent that EC2 does not know; their targets are kept for now.
  [[nodiscard]] std::size_t unknown_instances() const { return unknown_.doubtful(); }
  // What became of such instances since the last call.
  [[nodiscard]] std::vector<InstanceNews> TakeInstanceNews() { return unknown_.TakeNews(); }

  void Restore(const KnownState& state);
  void Save(KnownState& state) const;

  [[nodiscard]] const CacheCounts& definition_counts() const { return definition_counts_; }
  [[nodiscard]] const CacheCounts& instance_counts() const { return instance_counts_; }
  [[nodiscard]] const CacheCounts& address_counts() const { return address_counts_; }

 private:
  // An instance whose answers had no address.
  struct Waiting {
    int answers = 0;
    support::SteadyTime next;
  };

  // What this refresh knows of a key that it asked for.
  struct Inquiry {
    bool answered = false;
    std::optional<support::Error> error;
    // An instance as it was described, when nothing of that can be kept.
    std::shared_ptr<const core::Instance> useless;
  };

  [[nodiscard]] const support::Error* WhyUnread(const std::string& key) const;
  void CountHit(bool found, const std::string& key, CacheCounts& counts) const;
  void Answer(const std::string& key) { inquiries_[key].answered = true; }
  // Notes when the address of a machine was read, and from where it has moved.
  void KeepMachine(core::Instance& machine);
  void FindAddress(const core::Task& task, ReferencesFound& references);
  void DescribeState(const core::Task& task, ReferencesFound& references) const;

  Freshness freshness_;
  Machines machines_;
  UnknownInstances unknown_;
  std::vector<std::string> moved_from_;
  LruCache<core::TaskDefinition> definitions_;          // by definition ARN
  LruCache<core::ContainerInstance> instances_;         // by container instance ARN
  LruCache<core::Instance> addresses_;                  // by instance id
  std::unordered_map<std::string, Waiting> waiting_;    // by instance id
  std::unordered_map<std::string, Inquiry> inquiries_;  // by any of these keys
  CacheCounts definition_counts_;
  CacheCounts instance_counts_;
  CacheCounts address_counts_;
};

}  // namespace ecsd::discovery
