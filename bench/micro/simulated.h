#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/records.h"
#include "core/target.h"

namespace ecsd::bench {

// Answers of the simulator for an account of `tasks` tasks with a definition for every 20 of them,
// built once for each size.
struct Simulated {
  std::vector<std::string> task_answers;        // DescribeTasks, 100 tasks each
  std::vector<std::string> definition_answers;  // DescribeTaskDefinition
  std::string instance_answer;                  // DescribeInstances, 200 instances at most
  std::size_t task_bytes = 0;                   // of all task_answers
};
[[nodiscard]] const Simulated& SimulatedAnswers(std::size_t tasks);

// The same account decoded.
struct Records {
  std::vector<core::Task> tasks;
  std::vector<const core::TaskDefinition*> definition_of;  // of each task
  std::vector<core::TaskDefinition> definitions;
  core::IpAddresses instance;  // stands for every instance
};
[[nodiscard]] const Records& SimulatedRecords(std::size_t tasks);

// Its targets.
[[nodiscard]] const std::vector<core::Target>& SimulatedTargets(std::size_t tasks);

}  // namespace ecsd::bench
