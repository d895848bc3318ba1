#include "discovery/task_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/batches.h"
#include "discovery/call_queue.h"
#include "discovery/calls_in_flight.h"
#include "discovery/describe_plan.h"
#include "discovery/pace.h"
#include "discovery/reading.h"
#include "discovery/response_checks.h"
#include "discovery/sorted_answer.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;

// How many described tasks gather before what they refer to is asked for: enough to fill the
// batches of those calls, few enough to need little memory.
constexpr std::size_t kTasksToGather = 4000;

constexpr std::string_view kNotReached =
    "not read in this refresh: its deadline (--refresh-timeout) came before the turn of this "
    "cluster; it comes first in the next";

void KeepFirst(support::Error error, ClusterReading& reading) {
  if (!reading.error) reading.error = std::move(error);
}

}  // namespace

TaskReader::TaskReader(const Parameters& parameters)
    : parameters_(parameters),
      queue_(CallsInFlight()),
      references_(parameters.clients, parameters.deadline, parameters.records, queue_),
      at_once_(std::min(parameters.pace.clusters, CallsInFlight())),
      next_settling_(kTasksToGather) {}

std::vector<ClusterReading> TaskReader::Read(const std::vector<std::string>& arns) {
  Prepare(arns);
  BeginMore();
  ReadSubmitted();
  while (DescribeMoved()) ReadSubmitted();
  NoteTurns();
  std::vector<ClusterReading> readings;
  for (auto& work : works_) {
    if (!work.taken) work.reading.seen = work.plan.seen();
    work.reading.listed = work.plan.listed();
    readings.push_back(std::move(work.reading));
  }
  return readings;
}

void TaskReader::Prepare(const std::vector<std::string>& arns) {
  std::vector<SharedTasks> tasks;
  tasks.reserve(arns.size());
  for (const auto& arn : arns) tasks.push_back(parameters_.fleet.SharedTasksOf(arn));
  std::vector<std::span<const TrackedTask>> known;
  known.reserve(arns.size());
  for (const auto& each : tasks) known.emplace_back(*each);
  rolling_.emplace(known, parameters_.rules);
  references_.AskMachinesDue();
  auto early = rolling_->TakeEarly(aws::kEcsBatch);
  listings_ = arns.size();
  for (std::size_t i = 0; i < arns.size(); ++i) {
    works_.push_back({.reading = {},
                      .known = tasks[i],
                      .plan = {known[i], std::move(early[i]), parameters_.rules},
                      .index = i});
    works_.back().reading.arn = arns[i];
  }
}

void TaskReader::BeginMore() {
  while (reading_ < at_once_ && begun_ < works_.size()) {
    ++reading_;
    ListNextPage(works_[begun_++]);
  }
}

void TaskReader::EndIfDone(Work& work) {
  if (work.done || work.listing || work.describing > 0) return;
  work.done = true;
  --reading_;
  at_once_ = std::min(at_once_ + 1, CallsInFlight());
  BeginMore();
  TakeIfRead(work);
}

// Only what was read without any error, for what is missing may still be asked for again.
void TaskReader::TakeIfRead(Work& work) {
  const auto& reading = work.reading;
  const bool is_read = work.done && work.waiting == 0 && reading.listed_whole && !reading.error;
  if (!is_read || work.taken || !parameters_.take) return;
  work.taken = true;
  work.reading.seen = work.plan.seen();
  parameters_.take(work.reading);
}

void TaskReader::NoteFailure(support::Error error, std::chrono::nanoseconds took, Work& work) {
  if (IsForWantOfTime(error)) {
    work.reading.had_turn = false;
    const bool over = parameters_.clock.Steady() >= parameters_.deadline.at;
    if (over || (error.kind == ErrorKind::kTimeout && took < kAtOnce)) PostponeRest();
  }
  KeepFirst(std::move(error), work.reading);
}

// Calls that are made now would fail.
void TaskReader::PostponeRest() {
  course_.ran_out = true;
  course_.not_reached += works_.size() - begun_;
  for (; begun_ < works_.size(); ++begun_) {
    auto& work = works_[begun_];
    work.reading.error =
        support::Error{.kind = ErrorKind::kTimeout, .message = std::string(kNotReached)};
    work.reading.had_turn = false;
    rolling_->Forget(work.index);
    --listings_;
  }
}

// From the middle of its time on, any refresh may turn out to be too short.
bool TaskReader::IsHurried() const {
  const auto start = parameters_.rules.now;
  return parameters_.pace.hurried ||
         parameters_.clock.Steady() - start > (parameters_.deadline.at - start) / 2;
}

// In a hurry, tasks of clusters that are otherwise done do not wait for what fills a batch. Not
// after every call when many wait, for each of them is looked at.
bool TaskReader::IsSettlingDue() const {
  constexpr std::size_t kTasksForACall = 64;
  return calls_unsettled_ > waiting_.size() / kTasksForACall && IsHurried() &&
         std::ranges::any_of(waiting_, [](const Waiting& each) { return each.work->done; });
}

// A cluster without its references was not read to its end either. One that had a whole refresh for
// itself goes to the back all the same, so that each comes first some time.
void TaskReader::NoteTurns() {
  for (auto& work : works_) {
    const auto& unread = work.reading.unread;
    if (unread && IsForWantOfTime(*unread)) work.reading.had_turn = false;
  }
  course_.done = static_cast<std::size_t>(
      std::ranges::count_if(works_, [](const Work& work) { return work.reading.had_turn; }));
  const bool one_by_one = parameters_.pace.clusters == 1;
  if (course_.done == 0 && one_by_one && !works_.empty()) works_.front().reading.had_turn = true;
}

void TaskReader::ReadSubmitted() {
  do {
    while (queue_.RunOne()) {
      ++calls_unsettled_;
      ReportProgress();
      if (IsSettlingDue()) {
        SettleWaiting(Take::kAll);
      } else if (waiting_.size() >= next_settling_) {
        SettleWaiting(Take::kFull);
      }
    }
    SettleWaiting(Take::kAll);
  } while (queue_.RunOne());
}

// A machine that has another address now had tasks at the old one, which would otherwise keep it
// until their turn comes.
bool TaskReader::DescribeMoved() {
  const auto hosts = parameters_.records.TakeMovedFrom();
  if (hosts.empty()) return false;
  bool planned = false;
  for (auto& work : works_) {
    std::vector<std::size_t> positions;
    const auto known = work.plan.known();
    for (std::size_t i = 0; i < known.size(); ++i)
      if (IsAt(*known[i].facts, hosts)) positions.push_back(i);
    const auto arns = work.plan.Listed(positions);
    planned = planned || !arns.empty();
    Plan(arns, work);
    DescribePending(work);
  }
  return planned;
}

void TaskReader::ListNextPage(Work& work) {
  queue_.Submit(Urgency::kFirst,
                [this, &work, arn = work.reading.arn, token = work.token]() -> CallQueue::Done {
                  auto timed = support::Timed(parameters_.clock, [&] {
                    return parameters_.clients.ecs.ListTasksPage(arn, token, parameters_.deadline);
                  });
                  return [this, &work, reply = std::move(timed)]() mutable {
                    TakePage(std::move(reply.first), reply.second, work);
                  };
                });
}

void TaskReader::TakePage(support::Result<aws::ArnPage> page, std::chrono::nanoseconds took,
                          Work& work) {
  if (!page) {
    NoteFailure(std::move(page).error(), took, work);
    FailListing(work);
    return;
  }
  const auto wrong = DropTasksOfOtherClusters(page->items, work.reading.arn);
  if (wrong && !std::exchange(work.page_again, true)) {
    ListNextPage(work);
    return;
  }
  if (wrong) KeepFirst(*wrong, work.reading);
  Plan(work.plan.Take(std::move(page->items)), work);
  if (!page->next_token) {
    EndListing(work);
    return;
  }
  if (!work.tokens.insert(std::hash<std::string>()(*page->next_token)).second) {
    KeepFirst({.kind = ErrorKind::kMalformed,
               .message = "ECS ListTasks: a nextToken that was given before"},
              work.reading);
    FailListing(work);
    return;
  }
  work.token = std::move(page->next_token);
  ListNextPage(work);
}

void TaskReader::FailListing(Work& work) {
  rolling_->Forget(work.index);
  DescribePending(work);
  CountListing(work);
}

// In a hurry the rolling share of a cluster does not wait for the end of all listings.
void TaskReader::EndListing(Work& work) {
  work.reading.listed_whole = true;
  Plan(work.plan.Absent(), work);
  if (!work.pending.empty() || IsHurried()) {
    const auto size = work.pending.size();
    Plan(work.plan.Listed(rolling_->TakeOf(work.index, aws::kEcsBatch - size)), work);
    DescribePending(work);
  }
  CountListing(work);
}

void TaskReader::CountListing(Work& work) {
  work.listing = false;
  --listings_;
  EndIfDone(work);
  if (listings_ == 0 && !course_.ran_out) DescribeRestOfShare();
}

void TaskReader::DescribeRestOfShare() {
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
  Describe(std::exchange(work.pending, {}), Attempt::kFirst, work);
}

void TaskReader::Describe(std::vector<std::string> arns, Attempt attempt, Work& work) {
  ++work.describing;
  queue_.Submit(
      Urgency::kNormal,
      [this, &work, attempt, arn = work.reading.arn, batch = std::move(arns)]() -> CallQueue::Done {
        auto timed = support::Timed(parameters_.clock, [&] {
          return parameters_.clients.ecs.DescribeTasks(arn, batch, parameters_.deadline);
        });
        return [this, &work, attempt, batch, reply = std::move(timed)]() mutable {
          EndDescribing(batch, attempt, std::move(reply.first), reply.second, work);
        };
      });
}

void TaskReader::EndDescribing(const std::vector<std::string>& batch, Attempt attempt,
                               support::Result<aws::Described<core::Task>> answer,
                               std::chrono::nanoseconds took, Work& work) {
  if (answer) {
    TakeTasks(batch, attempt, *std::move(answer), work);
  } else {
    NoteFailure(std::move(answer).error(), took, work);
  }
  --work.describing;
  EndIfDone(work);
}

// What is malformed is asked for once more, and so is what is missing though a page had it. In a
// response with a task that was not asked for, nothing is trusted the first time.
void TaskReader::TakeTasks(const std::vector<std::string>& batch, Attempt attempt,
                           aws::Described<core::Task> answer, Work& work) {
  const bool first = attempt == Attempt::kFirst;
  tasks_described_ += answer.items.size();
  auto sorted = SortAnswer(batch, std::move(answer));
  if (!sorted.foreign.empty()) {
    if (first) {
      Describe(batch, Attempt::kAgain, work);
      return;
    }
    KeepFirst({.kind = ErrorKind::kMalformed,
               .message = "ECS DescribeTasks: the response has a task that was not asked for, " +
                          sorted.foreign},
              work.reading);
  }
  auto wrong = std::move(sorted.unanswered);
  for (auto& task : sorted.items) {
    if (const auto fault = FaultOf(task, work.reading.arn)) {
      if (work.reading.fault.empty()) work.reading.fault = fmt::format("{} {}", task.arn, *fault);
      wrong.push_back(std::move(task.arn));
    } else {
      TakeTask(std::move(task), work);
    }
  }
  for (auto& arn : sorted.missing) {
    // A page had it: new tasks are from a page.
    const bool contradiction = !work.plan.IsAbsent(arn);
    auto& list = first && contradiction ? wrong : work.reading.missing;
    list.push_back(std::move(arn));
  }
  if (!first) {
    std::ranges::move(wrong, std::back_inserter(work.reading.unanswered));
  } else if (!wrong.empty()) {
    Describe(std::move(wrong), Attempt::kAgain, work);
  }
}

void TaskReader::TakeTask(core::Task task, Work& work) {
  if (references_.IsReady(work.reading.arn, task)) {
    Finish(std::move(task), work);
  } else {
    ++work.waiting;
    waiting_.push_back({.work = &work, .task = std::move(task)});
  }
}

// With kAll, every pass asks for something that was not asked for before, or finishes a task, so
// that they come to an end.
void TaskReader::SettleWaiting(Take take) {
  calls_unsettled_ = 0;
  references_.CountAnew();
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (!references_.IsReady(waiting.work->reading.arn, waiting.task)) return false;
    Finish(std::move(waiting.task), *waiting.work);
    --waiting.work->waiting;
    TakeIfRead(*waiting.work);
    return true;
  });
  references_.AskNoted(take);
  next_settling_ = waiting_.size() + kTasksToGather;
}

void TaskReader::Finish(core::Task task, Work& work) {
  const auto found = parameters_.records.ReferencesOf(task);
  const auto* why = AccountRecords::WhyUnknown(task, found);
  // "There is none" is an answer: waiting for another would hold everything back indefinitely.
  const bool unread = why != nullptr && why->kind != ErrorKind::kNotFound;
  if (unread && !work.reading.unread) work.reading.unread = *why;
  DescribedTask described{.facts = nullptr,
                          .described = parameters_.rules.now,
                          .unread = unread || !HasKnownStatus(task),
                          .not_begun = HasNotBegun(task),
                          .instance_unknown = found.instance_unknown,
                          .instance_gone = found.instance_gone};
  const core::TaskRecord record{.task = std::move(task),
                                .why_no_definition = std::string(found.WhyNoDefinition()),
                                .why_no_instance = std::string(found.WhyNoInstance()),
                                .recovered = {}};
  described.facts =
      std::make_shared<const core::TaskFacts>(record, found.known, parameters_.fleet.texts());
  work.reading.described.push_back(std::move(described));
}

}  // namespace ecsd::discovery
