#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ecsd::server {

// Calls of one action since the start.
struct ActionFigures {
  // One way in which calls fail: its name, and how often it came.
  struct Failures {
    std::string kind;
    std::uint64_t count = 0;
  };

  std::string action;  // as a permission is written: "ecs:ListTasks"
  std::uint64_t calls = 0;
  std::vector<Failures> failures;
  std::uint64_t throttles = 0;
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;  // of answers
};

// A token bucket of AWS, as far as we know it.
struct BucketFigures {
  std::string bucket;         // "ecs_cluster_resource_read"
  double tokens = 0;          // calls that may be made at once
  double rate = 0;            // calls a second that we allow ourselves
  double waited_seconds = 0;  // since the start, of all calls together
};

// Whose credentials sign the calls; empty: not known.
struct CallerFigures {
  std::string account;  // id
  std::string arn;
};

// What is true at this moment and not only after a refresh.
struct LiveFigures {
  std::vector<ActionFigures> actions;
  std::vector<BucketFigures> buckets;
  std::optional<std::chrono::seconds> clock_ahead;  // of AWS; nothing: not known
  CallerFigures caller;
};

}  // namespace ecsd::server
