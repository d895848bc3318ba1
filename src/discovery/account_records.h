#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/reach.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::discovery {

// Records by an ARN or id, each kept for as long as a task names it. What is kept here never
// changes in AWS: the content of a task definition revision, the instance behind a container
// instance, the private address of a running instance; so each is asked for once.
template <typename T>
using RecordMap = std::unordered_map<std::string, std::shared_ptr<const T>>;

// The record of `key`, or null.
template <typename T>
[[nodiscard]] const T* Find(const RecordMap<T>& records, const std::string& key) {
  const auto found = records.find(key);
  return found == records.end() ? nullptr : found->second.get();
}

// What tasks refer to, and what could not be read of it in the last refresh.
struct AccountRecords {
  RecordMap<core::TaskDefinition> definitions;             // by definition ARN
  RecordMap<core::ContainerInstance> instances;            // by container instance ARN
  RecordMap<core::Instance> addresses;                     // by instance id
  std::unordered_map<std::string, support::Error> unread;  // by any of these keys

  // What is known of the things that `task` refers to. The result points into these records.
  [[nodiscard]] core::References ReferencesOf(const core::Task& task) const;

  // Why something that decides where `task` is reached could not be read; null when nothing failed.
  [[nodiscard]] const support::Error* WhyUnknown(const core::Task& task) const;

 private:
  [[nodiscard]] const support::Error* WhyUnread(const std::string& key) const;
};

}  // namespace ecsd::discovery
