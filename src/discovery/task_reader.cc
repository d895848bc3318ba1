#include "discovery/task_reader.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "core/resolve.h"
#include "discovery/batches.h"
#include "discovery/call_queue.h"
#include "discovery/describe_plan.h"
#include "discovery/known_task.h"
#include "discovery/reading.h"
#include "support/descriptors.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;

// Enough to hide the latency of a call, and to use all of AWS' limits though some calls wait for
// their turn in one bucket while others go through another. The limits themselves are kept by the
// clients.
constexpr std::size_t kCallsInFlight = 64;

// What a call needs: a socket (two while IPv4 and IPv6 are tried), what libcurl wakes itself with,
// and what a look-up of a name takes. The others are for files and for the web server.
constexpr std::size_t kDescriptorsOfACall = 6;
constexpr std::size_t kOtherDescriptors = 40;

std::size_t CallsInFlight() {
  const auto most = support::MostDescriptors();
  const auto left = most > kOtherDescriptors ? most - kOtherDescriptors : 0;
  return std::clamp(left / kDescriptorsOfACall, std::size_t{4}, kCallsInFlight);
}

// How many described tasks gather before what they refer to is asked for: enough to fill the
// batches of those calls, few enough to need little memory.
constexpr std::size_t kTasksToGather = 4000;

void KeepFirst(support::Error error, ClusterReading& reading) {
  if (!reading.error) reading.error = std::move(error);
}

}  // namespace

TaskReader::TaskReader(const Parameters& parameters)
    : parameters_(parameters),
      queue_(CallsInFlight()),
      references_(parameters.clients, parameters.deadline, parameters.records, queue_),
      next_settling_(kTasksToGather) {}

std::vector<ClusterReading> TaskReader::Read(const std::vector<std::string>& arns) {
  std::vector<std::span<const TrackedTask>> known;
  known.reserve(arns.size());
  for (const auto& arn : arns) known.push_back(parameters_.fleet.TasksOf(arn));
  rolling_.emplace(known, parameters_.rules);
  auto early = rolling_->TakeEarly(aws::kEcsBatch);
  listings_ = arns.size();
  for (std::size_t i = 0; i < arns.size(); ++i) {
    works_.push_back(
        {.reading = {}, .plan = {known[i], std::move(early[i]), parameters_.rules}, .index = i});
    works_.back().reading.arn = arns[i];
    ListNextPage(works_.back());
  }
  do {
    while (queue_.RunOne()) {
      if (waiting_.size() >= next_settling_) SettleWaiting(Take::kFull);
    }
    SettleWaiting(Take::kAll);
  } while (queue_.RunOne());
  std::vector<ClusterReading> readings;
  for (auto& work : works_) {
    work.reading.seen = work.plan.seen();
    work.reading.listed = work.plan.listed();
    readings.push_back(std::move(work.reading));
  }
  return readings;
}

void TaskReader::ListNextPage(Work& work) {
  queue_.Submit(Urgency::kFirst,
                [this, &work, arn = work.reading.arn, token = work.token]() -> CallQueue::Done {
                  auto reply =
                      parameters_.clients.ecs.ListTasksPage(arn, token, parameters_.deadline);
                  return [this, &work, page = std::move(reply)]() mutable {
                    TakePage(std::move(page), work);
                  };
                });
}

void TaskReader::TakePage(support::Result<aws::ArnPage> page, Work& work) {
  if (!page) {
    FailListing(std::move(page).error(), work);
    return;
  }
  Plan(work.plan.Take(std::move(page->items)), work);
  if (!page->next_token) {
    EndListing(work);
    return;
  }
  if (!work.tokens.insert(std::hash<std::string>()(*page->next_token)).second) {
    FailListing({.kind = ErrorKind::kMalformed,
                 .message = "ECS ListTasks: a nextToken that was given before"},
                work);
    return;
  }
  work.token = std::move(page->next_token);
  ListNextPage(work);
}

void TaskReader::FailListing(support::Error error, Work& work) {
  KeepFirst(std::move(error), work.reading);
  rolling_->Forget(work.index);
  DescribePending(work);
  CountListing();
}

void TaskReader::EndListing(Work& work) {
  work.reading.listed_whole = true;
  Plan(work.plan.Absent(), work);
  if (const auto size = work.pending.size(); size > 0) {
    Plan(work.plan.Listed(rolling_->TakeOf(work.index, aws::kEcsBatch - size)), work);
    DescribePending(work);
  }
  CountListing();
}

// After the last one, the rest of the rolling share.
void TaskReader::CountListing() {
  if (--listings_ > 0) return;
  while (const auto batch = rolling_->TakeBatch(aws::kEcsBatch)) {
    auto& work = works_[batch->cluster];
    Plan(work.plan.Listed(batch->positions), work);
    DescribePending(work);
  }
}

void TaskReader::Plan(std::vector<std::string> arns, Work& work) {
  work.reading.asked += arns.size();
  for (auto& arn : arns) {
    work.pending.push_back(std::move(arn));
    if (work.pending.size() == aws::kEcsBatch) DescribePending(work);
  }
}

void TaskReader::DescribePending(Work& work) {
  if (work.pending.empty()) return;
  queue_.Submit(Urgency::kNormal,
                [this, &work, arn = work.reading.arn,
                 batch = std::exchange(work.pending, {})]() -> CallQueue::Done {
                  auto reply =
                      parameters_.clients.ecs.DescribeTasks(arn, batch, parameters_.deadline);
                  return [this, &work, batch, answer = std::move(reply)]() mutable {
                    TakeTasks(batch, std::move(answer), work);
                  };
                });
}

void TaskReader::TakeTasks(const std::vector<std::string>& batch,
                           support::Result<aws::Described<core::Task>> answer, Work& work) {
  if (!answer) {
    KeepFirst(std::move(answer).error(), work.reading);
    return;
  }
  auto sorted = SortAnswer(batch, *std::move(answer));
  std::ranges::move(sorted.missing, std::back_inserter(work.reading.missing));
  std::ranges::move(sorted.unanswered, std::back_inserter(work.reading.unanswered));
  for (auto& task : sorted.items) {
    if (references_.IsReady(work.reading.arn, task)) {
      Finish(task, work);
    } else {
      waiting_.push_back({.work = &work, .task = std::move(task)});
    }
  }
}

// With kAll, every pass asks for something that was not asked for before, or finishes a task, so
// that they come to an end.
void TaskReader::SettleWaiting(Take take) {
  references_.CountAnew();
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    const bool ready = references_.IsReady(waiting.work->reading.arn, waiting.task);
    if (ready) Finish(waiting.task, *waiting.work);
    return ready;
  });
  references_.AskNoted(take);
  next_settling_ = waiting_.size() + kTasksToGather;
}

void TaskReader::Finish(const core::Task& task, Work& work) {
  const auto references = parameters_.records.ReferencesOf(task);
  const auto* why = AccountRecords::WhyUnknown(task, references);
  // "There is none" is an answer: waiting for another would hold everything back for ever.
  const bool unread = why != nullptr && why->kind != ErrorKind::kNotFound;
  if (unread && !work.reading.unread) work.reading.unread = *why;
  const auto outcomes = core::ResolveTask(task, references.ForCore(), parameters_.selection);
  const auto* definition = references.definition.get();
  DescribedTask described;
  described.ended = HasEnded(task);
  described.tracked.task =
      std::make_shared<const KnownTask>(task, definition, outcomes, parameters_.fleet.shared());
  described.tracked.described = parameters_.rules.now;
  described.tracked.first_seen = parameters_.rules.now;
  described.tracked.settlement =
      unread ? Settlement::kUnread : SettlementOf(task, definition, outcomes);
  described.tracked.restartable = IsRestartable(task, definition);
  work.reading.described.push_back(std::move(described));
  if (parameters_.observe) parameters_.observe(task, references);
}

}  // namespace ecsd::discovery
