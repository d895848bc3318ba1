#include "discovery/account_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/explain.h"
#include "discovery/batches.h"
#include "discovery/cluster_scope.h"
#include "discovery/fleet.h"
#include "discovery/reading.h"
#include "discovery/response_checks.h"
#include "discovery/sorted_answer.h"
#include "discovery/task_reader.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::string_view kInactive = "INACTIVE";

// Whether calls for single clusters would fail for the same reason, only later.
bool ConcernsEveryCall(ErrorKind kind) {
  return kind == ErrorKind::kConfig || kind == ErrorKind::kCancelled ||
         kind == ErrorKind::kTransport || kind == ErrorKind::kTimeout ||
         kind == ErrorKind::kCredentials || kind == ErrorKind::kExpired ||
         kind == ErrorKind::kClockSkew;
}

tl::unexpected<support::Error> Malformed(std::string_view what) {
  return Fail(ErrorKind::kMalformed,
              fmt::format("ECS DescribeClusters: malformed response: {}", what));
}

}  // namespace

AccountReader::AccountReader(AccountClients clients, std::string cluster, std::string region)
    : clients_(clients), cluster_(std::move(cluster)), region_(std::move(region)) {}

AccountReading AccountReader::Read(const TaskReader::Parameters& parameters) const {
  auto choice = cluster_.empty() ? ChooseAll(parameters.fleet, parameters.deadline)
                                 : ChooseNamed(parameters.fleet, parameters.deadline);
  AccountReading reading;
  reading.error = std::move(choice.error);
  reading.gone = std::move(choice.gone);
  reading.outside = std::move(choice.outside);
  parameters.fleet.SortByTurn(choice.arns);
  TaskReader reader(parameters);
  reading.clusters = reader.Read(choice.arns);
  reading.course = reader.course();
  ConfirmNotFound(reading.clusters, parameters.deadline);
  return reading;
}

AccountReader::Choice AccountReader::ChooseAll(const Fleet& fleet,
                                               const aws::Deadline& deadline) const {
  Choice choice;
  auto listed = clients_.ecs.ListClusters(deadline);
  if (listed) {
    if (const auto wrong = NoClusterArn(*listed)) {
      listed = Fail(ErrorKind::kMalformed,
                    fmt::format("ECS ListClusters: the response lists \"{}\", which is not the ARN "
                                "of a cluster",
                                *wrong));
    }
  }
  if (!listed) {
    choice.error = std::move(listed).error();
    choice.outside = fleet.OutsideArns();
    if (!ConcernsEveryCall(choice.error->kind)) choice.arns = fleet.ClusterArns();
    return choice;
  }
  SortUnique(*listed);
  auto absent = SortAbsent(fleet.AllClusterArns(), *listed, region_);
  auto verdict = Confirm(absent.to_confirm, deadline);
  choice.error = std::move(verdict.error);
  // An empty list may be that of another account, which knows nothing of these clusters.
  auto& gone = listed->empty() ? absent.outside : choice.gone;
  std::ranges::move(verdict.gone, std::back_inserter(gone));
  choice.arns = *std::move(listed);
  std::ranges::move(verdict.there, std::back_inserter(choice.arns));
  choice.outside = std::move(absent.outside);
  return choice;
}

// A cluster that was read before is read by its ARN; what is gone of it shows then.
AccountReader::Choice AccountReader::ChooseNamed(const Fleet& fleet,
                                                 const aws::Deadline& deadline) const {
  Choice choice;
  for (const auto& arn : fleet.ClusterArns()) {
    if (IsNamed(arn, cluster_, region_) && fleet.WasRead(arn)) choice.arns = {arn};
  }
  if (choice.arns.empty()) {
    auto found = FindNamed(deadline);
    if (!found) {
      choice.error = std::move(found).error();
      choice.outside = fleet.OutsideArns();
      return choice;
    }
    choice.arns = {*std::move(found)};
  }
  for (auto& arn : fleet.AllClusterArns()) {
    if (arn != choice.arns.front()) choice.outside.push_back(std::move(arn));
  }
  return choice;
}

Result<std::string> AccountReader::FindNamed(const aws::Deadline& deadline) const {
  const auto answer = clients_.ecs.DescribeClusters({&cluster_, 1}, deadline);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->items.empty()) {
    const auto reason = answer->failures.empty() ? std::string() : answer->failures.front().reason;
    if (!reason.empty() && reason != "MISSING") {
      return Fail(ErrorKind::kRejected, fmt::format("cluster \"{}\": {}", cluster_, reason));
    }
    return Fail(
        ErrorKind::kNotFound,
        fmt::format("cluster \"{}\" does not exist in {}; check -config.cluster and the region",
                    cluster_, region_));
  }
  const auto& cluster = answer->items.front();
  if (const auto fault = WhyNotTheNamed(answer->items)) return Malformed(*fault);
  if (cluster.status == kInactive) {
    return Fail(
        ErrorKind::kNotFound,
        fmt::format("cluster \"{}\" was deleted (INACTIVE); check -config.cluster", cluster_));
  }
  return cluster.arn;
}

// What is wrong with the response for the named cluster; nothing when it is about that alone.
std::optional<std::string> AccountReader::WhyNotTheNamed(
    const std::vector<aws::Cluster>& clusters) const {
  const auto& first = clusters.front();
  for (const auto& cluster : clusters) {
    const bool named = cluster.arn == cluster_ || core::ShortName(cluster.arn) == cluster_;
    if (!named) return fmt::format("{} was not asked for", cluster.arn);
    if (cluster != first) return fmt::format("it describes {} twice, differently", cluster.arn);
  }
  if (const auto fault = FaultOf(first)) return fmt::format("{} {}", first.arn, *fault);
  return std::nullopt;
}

AccountReader::Verdict AccountReader::Confirm(const std::vector<std::string>& arns,
                                              const aws::Deadline& deadline) const {
  Verdict verdict;
  for (const auto& batch : SplitIntoBatches(arns, aws::kEcsBatch)) {
    auto answer = clients_.ecs.DescribeClusters(batch, deadline);
    if (!answer) {
      if (!verdict.error) verdict.error = std::move(answer).error();
      continue;
    }
    auto sorted = SortAnswer(batch, *std::move(answer));
    if (!sorted.foreign.empty()) {
      if (!verdict.error) verdict.error = Malformed(sorted.foreign + " was not asked for").value();
      continue;
    }
    std::ranges::move(sorted.missing, std::back_inserter(verdict.gone));
    for (auto& cluster : sorted.items) {
      if (cluster.status == kInactive && !FaultOf(cluster))
        verdict.gone.push_back(std::move(cluster.arn));
    }
  }
  std::ranges::sort(verdict.gone);
  std::ranges::set_difference(arns, verdict.gone, std::back_inserter(verdict.there));
  return verdict;
}

void AccountReader::ConfirmNotFound(std::vector<ClusterReading>& readings,
                                    const aws::Deadline& deadline) const {
  std::vector<std::string> arns;
  for (const auto& reading : readings) {
    if (reading.error && reading.error->kind == ErrorKind::kNotFound) arns.push_back(reading.arn);
  }
  std::ranges::sort(arns);
  const auto verdict = Confirm(arns, deadline);
  for (auto& reading : readings) {
    reading.gone = reading.gone || std::ranges::binary_search(verdict.gone, reading.arn);
  }
}

}  // namespace ecsd::discovery
