#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/endpoint.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"

namespace ecsd::aws {

// The calls of one action since the start of the program. Each try counts.
struct ActionStats {
  std::string_view service;  // as a permission names it: "ecs"
  std::string_view action;   // "ListTasks"
  std::uint64_t calls = 0;
  std::array<std::uint64_t, support::kErrorKinds> failures{};  // by ErrorKind
  std::uint64_t retries = 0;                                   // of `calls`, those after a failure
  std::uint64_t bytes = 0;                                     // of answers
  friend bool operator==(const ActionStats&, const ActionStats&) = default;
};

// The ways in which calls of this action can fail or have failed, in the order of ErrorKind; none
// before the first call. Neither kConfig nor kIo (no call is made then), nor kCancelled (the
// program ends then); kNotFound of ECS' calls that name something, kUnsupported of EC2's.
[[nodiscard]] std::vector<support::ErrorKind> FailureKindsOf(const ActionStats& stats);

// How one try of a call ended.
struct CallRecord {
  const Service& service;
  std::string_view action;  // must live as long as the program
  bool is_retry = false;
  std::size_t bytes = 0;                  // of the answer's body
  const support::Error* error = nullptr;  // null: it was good
};

// Counts the calls of the whole process. Any thread may call.
class CallStats {
 public:
  // Every action that refreshes may call is there from the start, with zeros.
  CallStats();

  void Count(const CallRecord& record) ECSD_EXCLUDES(mutex_);

  // By service, then action.
  [[nodiscard]] std::vector<ActionStats> View() const ECSD_EXCLUDES(mutex_);

 private:
  using Key = std::pair<std::string_view, std::string_view>;

  mutable support::Mutex mutex_;
  std::map<Key, ActionStats> actions_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::aws
