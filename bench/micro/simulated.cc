#include "micro/simulated.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/target.h"
#include "sim/account.h"
#include "sim/ec2_api.h"
#include "sim/ecs_api.h"
#include "sim/synthetic_account.h"

namespace ecsd::bench {
namespace {

constexpr std::size_t kBatch = 100;

std::string Ask(const sim::Account& account, const char* operation, const std::string& body) {
  return sim::CallEcs(operation, body, account, {}, std::nullopt).value();
}

std::string List(const char* member, const std::vector<std::string>& arns) {
  std::string body = fmt::format(R"({{"cluster":"cluster-000","{}":[)", member);
  for (const auto& arn : arns) body += (body.back() == '[' ? "\"" : ",\"") + arn + "\"";
  return body + "]}";
}

void AddTasks(const sim::Account& account, Simulated& out) {
  const auto& tasks = account.clusters()[0]->tasks;
  for (std::size_t first = 0; first < tasks.size(); first += kBatch) {
    std::vector<std::string> arns;
    for (std::size_t i = first; i < std::min(first + kBatch, tasks.size()); ++i) {
      arns.push_back(tasks[i].arn);
    }
    out.task_answers.push_back(Ask(account, "DescribeTasks", List("tasks", arns)));
    out.task_bytes += out.task_answers.back().size();
  }
}

void AddDefinitions(const sim::Account& account, Simulated& out) {
  std::map<std::string, bool> seen;
  for (const auto& task : account.clusters()[0]->tasks) {
    const auto at = task.json.find("\"taskDefinitionArn\":\"");
    const auto begin = at + std::string("\"taskDefinitionArn\":\"").size();
    const auto arn = task.json.substr(begin, task.json.find('"', begin) - begin);
    if (std::exchange(seen[arn], true)) continue;
    out.definition_answers.push_back(
        Ask(account, "DescribeTaskDefinition", fmt::format(R"({{"taskDefinition":"{}"}})", arn)));
  }
}

}  // namespace

const Simulated& SimulatedAnswers(std::size_t tasks) {
  static std::map<std::size_t, Simulated> built;
  const auto found = built.find(tasks);
  if (found != built.end()) return found->second;
  const auto made = sim::BuildSyntheticAccount({.seed = 1, .clusters = 1, .tasks = tasks});
  Simulated out;
  AddTasks(*made->account, out);
  AddDefinitions(*made->account, out);
  out.instance_answer = sim::DescribeInstances({.account = *made->account,
                                                .paging = {.longest_page = 99},
                                                .parameters = {{"MaxResults", "200"}},
                                                .request_id = "bench",
                                                .twist = {}})
                            .value();
  return built.emplace(tasks, std::move(out)).first->second;
}

const Records& SimulatedRecords(std::size_t tasks) {
  static std::map<std::size_t, Records> built;
  const auto found = built.find(tasks);
  if (found != built.end()) return found->second;
  const auto& answers = SimulatedAnswers(tasks);
  auto& out = built[tasks];
  std::unordered_map<std::string, std::size_t> index;
  for (const auto& answer : answers.definition_answers) {
    out.definitions.push_back(aws::DecodeDescribeTaskDefinition(answer).value());
    index.emplace(out.definitions.back().arn, out.definitions.size() - 1);
  }
  for (const auto& answer : answers.task_answers) {
    auto described = aws::DecodeDescribeTasks(answer).value();
    std::ranges::move(described.items, std::back_inserter(out.tasks));
  }
  for (const auto& task : out.tasks) {
    out.definition_of.push_back(&out.definitions[index.at(std::string(task.definition_arn))]);
  }
  out.instance.ipv4 = "10.1.2.3";
  return out;
}

const std::vector<core::Target>& SimulatedTargets(std::size_t tasks) {
  static std::map<std::size_t, std::vector<core::Target>> built;
  const auto found = built.find(tasks);
  if (found != built.end()) return found->second;
  const auto& records = SimulatedRecords(tasks);
  auto& out = built[tasks];
  for (std::size_t i = 0; i < records.tasks.size(); ++i) {
    core::References references{.definition = records.definition_of[i]};
    references.instance = &records.instance;
    for (auto& outcome : core::ResolveTask(records.tasks[i], references, core::Selection())) {
      if (outcome) out.push_back(*std::move(outcome));
    }
  }
  std::ranges::sort(out, core::FileOrder);
  return out;
}

}  // namespace ecsd::bench
