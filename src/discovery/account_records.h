#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/reach.h"
#include "core/records.h"
#include "discovery/known_state.h"
#include "discovery/lru_cache.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// How often a kind of record was at hand for a described task, and how many were asked for.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

// What is known of the things that one task refers to.
struct TaskReferences {
  std::shared_ptr<const core::TaskDefinition> definition;
  std::shared_ptr<const core::ContainerInstance> container_instance;
  std::shared_ptr<const core::Instance> instance;
  const support::Error* why_no_definition = nullptr;
  const support::Error* why_no_instance = nullptr;

  // As core asks for it. Points into this object.
  [[nodiscard]] core::References ForCore() const;
};

// What tasks refer to. What is kept here never changes in AWS: the content of a task definition
// revision, the instance behind a container instance, the private address of an instance; so each
// is asked for once, and again only after many others took its place. An instance that had no
// address is asked for again in the next refresh, and then at growing intervals of up to ten
// minutes. Used by one thread.
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
  void BeginRefresh(support::SteadyTime now);

  void PutDefinition(const std::string& arn, core::TaskDefinition definition);
  void PutContainerInstance(core::ContainerInstance instance);
  // Notes the answer for an instance; without an address when none is known.
  void PutInstance(core::Instance instance);
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
  // Notes that the record of `key` is being asked for: true for the first to ask in this refresh.
  bool Ask(const std::string& key);
  // Whether an answer for `key` is still to come.
  [[nodiscard]] bool IsAsked(const std::string& key) const;

  [[nodiscard]] std::shared_ptr<const core::TaskDefinition> Definition(const std::string& arn);
  [[nodiscard]] std::shared_ptr<const core::ContainerInstance> ContainerInstance(
      const std::string& arn);
  [[nodiscard]] TaskReferences ReferencesOf(const core::Task& task);
  // Why something that decides where `task` is reached could not be read; null when nothing failed.
  [[nodiscard]] static const support::Error* WhyUnknown(const core::Task& task,
                                                        const TaskReferences& references);

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
  };

  [[nodiscard]] const support::Error* WhyUnread(const std::string& key) const;
  void CountHit(bool found, const std::string& key, CacheCounts& counts) const;
  void Answer(const std::string& key) { inquiries_[key].answered = true; }
  [[nodiscard]] bool IsTold(const std::string& key) const { return inquiries_.contains(key); }

  support::SteadyTime now_;
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
