#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

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

  // The addresses of the container instance `arn`, or null where they are not known.
  [[nodiscard]] const core::IpAddresses* AddressesOf(const std::string& arn) const {
    const auto* instance = Find(instances, arn);
    const auto* found = instance == nullptr ? nullptr : Find(addresses, instance->instance_id);
    return found == nullptr ? nullptr : &found->addresses;
  }

  // Why the addresses of the container instance `arn` could not be read, or null where nothing
  // failed.
  [[nodiscard]] const support::Error* WhyUnread(const std::string& arn) const {
    const auto* instance = Find(instances, arn);
    const auto found = unread.find(instance == nullptr ? arn : instance->instance_id);
    return found == unread.end() ? nullptr : &found->second;
  }
};

}  // namespace ecsd::discovery
