#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::discovery {

// A response must be about what was asked, and must not contradict itself. Each function returns
// what is wrong with one object, as the end of a sentence ("... names no container"), or nothing.
// What is wrong is malformed: it counts as not read, known tasks keep their last known good facts,
// and nothing of it is cached. Pure.

// `task` as a response of DescribeTasks for the cluster `cluster_arn` has it: it must have both
// statuses, and containers with names that are of this task; a task that has not begun to run, or
// has ended, may have none. Statuses that are not known are no fault (see HasKnownStatus).
[[nodiscard]] std::optional<std::string> FaultOf(const core::Task& task,
                                                 std::string_view cluster_arn);

// `definition` as the response for `arn` has it: of this ARN, with containers that have names, each
// once, and family and revision as in the ARN where they are there.
[[nodiscard]] std::optional<std::string> FaultOf(const core::TaskDefinition& definition,
                                                 std::string_view arn);

// `cluster` as a response has it: with a status, and the name that is in its ARN.
[[nodiscard]] std::optional<std::string> FaultOf(const aws::Cluster& cluster);

// Whether both statuses of `task` are of the documented lifecycle (Amazon ECS Developer Guide,
// "Task lifecycle"). Another status does not tell whether the task runs.
[[nodiscard]] bool HasKnownStatus(const core::Task& task);

// Whether `task` is described as one that has not run yet. The lifecycle never goes back, so that
// of a task that ran this is a contradiction.
[[nodiscard]] bool HasNotBegun(const core::Task& task);

// Removes from a page of ListTasks what cannot be of the cluster `cluster_arn` (of another cluster,
// account or region, or no task at all: ECS would refuse a whole batch for one of these), and
// returns the error for the first; nothing where all can be.
std::optional<support::Error> DropTasksOfOtherClusters(std::vector<std::string>& task_arns,
                                                       std::string_view cluster_arn);

// The first of `arns` that is no ARN of an ECS cluster.
[[nodiscard]] std::optional<std::string> NoClusterArn(const std::vector<std::string>& arns);

}  // namespace ecsd::discovery
