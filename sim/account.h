#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/json.h"

namespace ecsd::sim {

using WallTime = std::chrono::system_clock::time_point;

// Who stopped a task.
enum class StopReason : std::uint8_t { kUser, kDeployment };

// One task, serialised once; the other members are what ListTasks filters by.
struct Task {
  std::string arn;
  std::string family;
  std::string group;
  std::string started_by;
  std::string launch_type;
  std::string desired_status;
  std::string last_status;
  std::string container_instance_arn;
  std::string json;         // as DescribeTasks answers without `include: TAGS`
  std::string tagged_json;  // with it; empty when the task has no tags
  std::optional<std::int64_t> version;
  bool stopped = false;  // the JSON above is that of the time before; empty when it is forgotten
  WallTime stopped_at;
  StopReason reason = StopReason::kUser;
};

struct ContainerInstance {
  std::string arn;
  std::string status;
  std::string json;
};

struct Cluster {
  std::atomic<bool> removed = false;
  std::string arn;
  std::string name;
  Json description;  // the Cluster object, without the two lists below
  std::deque<Task> tasks;
  std::deque<ContainerInstance> container_instances;
  std::unordered_map<std::string_view, Task*> task_by_id;
  std::unordered_map<std::string_view, const ContainerInstance*> container_instance_by_id;
  std::unordered_set<std::string> services;  // names, known from the groups of the tasks
};

struct TaskDefinition {
  std::string arn;
  std::string family_and_revision;
  std::string json;
  std::string tags;  // a JSON array; "[]" without tags
};

struct Instance {
  std::string id;
  std::string state;
  bool hidden_by_default = false;  // operated by a service: shown only with IncludeManagedResources
  std::string xml;                 // one item of reservationSet
  std::string json;
};

// One of SSM's managed instances: a machine of ECS Anywhere (`mi-...`).
struct ManagedInstance {
  std::string id;
  std::string ping_status;
  std::string resource_type;
  std::string json;  // one item of InstanceInformationList
};

// Everything the simulated account holds in its one region. Any thread may read while it holds
// Reading(), and with it may remove clusters; the Add calls, and those that stop tasks, need
// Changing() once there are readers.
class Account {
 public:
  Account(std::string region, std::string id);

  [[nodiscard]] std::shared_lock<std::shared_mutex> Reading() const {
    return std::shared_lock(mutex_);
  }
  [[nodiscard]] std::unique_lock<std::shared_mutex> Changing() { return std::unique_lock(mutex_); }

  // Each takes the object in the form of the API's answer. A member that is absent or has another
  // type counts as empty; all members are served as they came.
  // What is there already stays as it is, but for a task, which is replaced and runs again if it
  // was stopped, and a removed cluster, which comes back.
  // A task's version is the one given; without one, it is the next version of the task it replaces
  // if that has one and differs.
  Cluster& AddCluster(Json description);
  static void AddTask(Cluster& cluster, Json task);
  static void AddContainerInstance(Cluster& cluster, const Json& container_instance);
  void AddTaskDefinition(Json definition);
  void AddInstance(const Json& instance);
  void AddManagedInstance(const Json& information);

  // From here on no listing of running tasks has the task, and a description says STOPPED for as
  // long as KeepStopped says, then MISSING. False: no such task, or it is stopped.
  bool StopTask(std::string_view arn);
  void StopTask(Task& task, StopReason reason);

  // The same, but a description says MISSING at once, also of a task that was stopped before.
  // False: no such task, or it is MISSING.
  bool ForgetTask(std::string_view arn);

  // How long stopped tasks are described; an hour, as in ECS, unless this is called.
  void KeepStopped(std::chrono::milliseconds how_long) { keep_stopped_ = how_long; }

  // Whether a description says more of the task than MISSING.
  [[nodiscard]] bool IsDescribed(const Task& task) const;

  // From here on the cluster does not exist. False: no such cluster.
  bool RemoveCluster(std::string_view name_or_arn);

  [[nodiscard]] const Cluster* FindCluster(std::string_view name_or_arn) const;
  // By ARN, `family:revision`, or `family` (its newest ACTIVE revision).
  [[nodiscard]] const TaskDefinition* FindTaskDefinition(std::string_view name) const;
  // The first definition of another ARN; null: there is none.
  [[nodiscard]] const TaskDefinition* OtherTaskDefinition(std::string_view arn) const;
  [[nodiscard]] const Instance* FindInstance(std::string_view id) const;

  [[nodiscard]] const std::string& region() const { return region_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Cluster>>& clusters() const { return clusters_; }
  [[nodiscard]] const std::deque<Instance>& instances() const { return instances_; }
  [[nodiscard]] const std::deque<ManagedInstance>& managed_instances() const {
    return managed_instances_;
  }
  [[nodiscard]] std::size_t task_count() const;

  // The account as a conformance file, less the stopped tasks.
  [[nodiscard]] std::string ToDocument() const;

 private:
  static Task& FindOrAddTask(Cluster& cluster, const std::string& arn);
  Task* FindTask(std::string_view arn);
  void ForgetOldest();

  struct Revision {
    long long number = -1;
    const TaskDefinition* definition = nullptr;
  };

  mutable std::shared_mutex mutex_;
  std::string region_;
  std::string id_;
  std::vector<std::unique_ptr<Cluster>> clusters_;
  std::deque<TaskDefinition> definitions_;
  std::deque<Instance> instances_;
  std::deque<ManagedInstance> managed_instances_;
  std::unordered_map<std::string_view, Cluster*> cluster_by_name_;
  std::unordered_map<std::string_view, const TaskDefinition*> definition_by_name_;
  std::unordered_map<std::string, Revision> newest_of_family_;
  std::unordered_map<std::string_view, const Instance*> instance_by_id_;
  std::chrono::milliseconds keep_stopped_ = std::chrono::hours(1);
  struct Stopped {
    Task* task = nullptr;
    WallTime at;
  };
  std::deque<Stopped> stopped_;  // the latest last
};

// The short id of an ARN: what follows the last `/`.
[[nodiscard]] std::string_view ShortId(std::string_view arn_or_id);

// `family` of `arn:...:task-definition/family:revision`.
[[nodiscard]] std::string_view FamilyOf(std::string_view task_definition_arn);

}  // namespace ecsd::sim
