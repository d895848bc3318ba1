#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/interner.h"
#include "core/reach.h"
#include "core/records.h"
#include "core/target.h"

namespace ecsd::core {

// What is known of the things that a task refers to; null: not known.
struct TaskReferences {
  std::shared_ptr<const TaskDefinition> definition;
  std::shared_ptr<const ContainerInstance> container_instance;
  std::shared_ptr<const Instance> instance;
};

// What AWS said of one task, as plain data: for reading it, and for a state file.
struct TaskRecord {
  Task task;
  // Why the definition, or the address of the instance, is not known, for people; empty: it is, or
  // AWS gave no reason.
  std::string why_no_definition;
  std::string why_no_instance;
  // Targets that an earlier process wrote. Of a task without containers, which was never described,
  // they are all that is known; of others they stand in for what AWS does not find now.
  std::vector<Target> recovered;
  friend bool operator==(const TaskRecord&, const TaskRecord&) = default;
};

// The texts that many tasks share.
using SharedTexts = Interner<std::string>;

// The facts of one task in little memory (about 400 bytes): what many tasks share is shared, the
// rest is one string. Nothing that could be derived from them is in it (see derive.h). Immutable;
// any thread may read.
class TaskFacts {
 public:
  TaskFacts(const TaskRecord& record, TaskReferences references, SharedTexts& texts);

  [[nodiscard]] std::string_view arn() const {
    return std::string_view(packed_).substr(0, arn_size_);
  }
  [[nodiscard]] const std::string& group() const { return *group_; }
  // Of the description; nothing where AWS gave none.
  [[nodiscard]] const std::optional<std::int64_t>& version() const { return version_; }
  [[nodiscard]] const TaskReferences& references() const { return references_; }

  // Makes `record`, whose memory is used again, what these facts were made of.
  void Unpack(TaskRecord& record) const;
  [[nodiscard]] TaskRecord Unpack() const;

  // Whether all facts are equal, those of the definition and the instance too.
  friend bool operator==(const TaskFacts& left, const TaskFacts& right);

 private:
  TaskReferences references_;
  std::shared_ptr<const std::string> cluster_arn_;  // as the task names it
  std::shared_ptr<const std::string> group_;
  std::optional<std::int64_t> version_;
  std::uint32_t arn_size_ = 0;
  std::string packed_;  // the task's ARN, then what is in none of the members above
};

// `references` of a task as `record` has them, as reaching it asks for. Points into both.
[[nodiscard]] References ReferencesOf(const TaskReferences& references, const TaskRecord& record);

}  // namespace ecsd::core
