#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/ecs_codec.h"
#include "aws/page.h"
#include "core/records.h"
#include "discovery/account_clients.h"
#include "discovery/account_records.h"
#include "discovery/batches.h"
#include "discovery/call_queue.h"
#include "discovery/describe_plan.h"
#include "discovery/fleet.h"
#include "discovery/pace.h"
#include "discovery/progress.h"
#include "discovery/reading.h"
#include "discovery/reference_reader.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// Is given what was read of a cluster that was read to its end while others still are; see
// Fleet::Take.
using TakeCluster = std::function<void(ClusterReading&)>;

// Reads the tasks of clusters, once: lists them, describes those that need it and reads what they
// refer to. Everything overlaps, with a bounded number of calls in
// flight; the answers of DescribeTasks are not kept for longer than it takes to read what they
// refer to. Clusters are begun in the given order, a few at a time (Pace). Used by one thread.
class TaskReader {
 public:
  struct Parameters {
    AccountClients clients;
    const aws::Deadline& deadline;
    const support::Clock& clock;
    DescribeRules rules;
    Pace pace;
    // What is known, and the texts that tasks share. The tasks of a cluster do not change while it
    // is read.
    Fleet& fleet;
    AccountRecords& records;
    const TakeCluster& take;                    // may be empty
    const ObserveProgress* progress = nullptr;  // may be null
  };

  explicit TaskReader(const Parameters& parameters);

  // The reading of each cluster, in the order of `arns`. A failure concerns only its own cluster.
  // An error of kind kNotFound is ECS saying that there is no such cluster.
  [[nodiscard]] std::vector<ClusterReading> Read(const std::vector<std::string>& arns);

  // How far Read came.
  [[nodiscard]] const Course& course() const { return course_; }

 private:
  // A cluster while it is being read.
  struct Work {
    ClusterReading reading;
    SharedTasks known;  // that the plan is made of
    ListingPlan plan;
    std::size_t index = 0;             // among the clusters of this reading
    std::optional<std::string> token;  // of the next page
    std::set<std::size_t> tokens;      // hashes of those that were there before
    bool page_again = false;           // the page was malformed, and is asked for once more
    std::vector<std::string> pending;  // to be described, less than a batch
    bool listing = true;               // its listing has not ended
    std::size_t describing = 0;        // calls that have not ended
    bool done = false;                 // both have; references may still be on their way
    std::size_t waiting = 0;           // tasks whose references are on their way
    bool taken = false;                // see TakeCluster
  };

  // A described task whose references are not all known.
  struct Waiting {
    Work* work = nullptr;
    core::Task task;
  };

  // Until no call is left to make.
  void ReadSubmitted();
  void ReportProgress() const {
    if (parameters_.progress == nullptr || !*parameters_.progress) return;
    (*parameters_.progress)(
        {.done = begun_ - reading_, .clusters = works_.size(), .tasks = tasks_described_});
  }
  // Plans the tasks at addresses from which machines have moved; false: there is none.
  bool DescribeMoved();
  // Whether tasks are asked for the first time in this refresh, or once more, since the first
  // response was malformed for them.
  enum class Attempt : std::uint8_t { kFirst, kAgain };

  void Prepare(const std::vector<std::string>& arns);
  void BeginMore();
  void EndIfDone(Work& work);
  void TakeIfRead(Work& work);
  void NoteFailure(support::Error error, std::chrono::nanoseconds took, Work& work);
  void PostponeRest();
  [[nodiscard]] bool IsHurried() const;
  [[nodiscard]] bool IsSettlingDue() const;
  void NoteTurns();

  void ListNextPage(Work& work);
  void TakePage(support::Result<aws::ArnPage> page, std::chrono::nanoseconds took, Work& work);
  void EndListing(Work& work);
  void FailListing(Work& work);
  void CountListing(Work& work);
  void DescribeRestOfShare();
  void Plan(std::vector<std::string> arns, Work& work);
  void DescribePending(Work& work);
  void Describe(std::vector<std::string> arns, Attempt attempt, Work& work);
  void EndDescribing(const std::vector<std::string>& batch, Attempt attempt,
                     support::Result<aws::Described<core::Task>> answer,
                     std::chrono::nanoseconds took, Work& work);
  void TakeTasks(const std::vector<std::string>& batch, Attempt attempt,
                 aws::Described<core::Task> answer, Work& work);
  void TakeTask(core::Task task, Work& work);
  void SettleWaiting(Take take);
  void Finish(core::Task task, Work& work);

  const Parameters parameters_;
  CallQueue queue_;
  ReferenceReader references_;
  std::optional<RollingShare> rolling_;
  std::deque<Work> works_;
  std::size_t at_once_;       // how many clusters may be read at a time
  std::size_t begun_ = 0;     // works_ before this one
  std::size_t reading_ = 0;   // clusters that are begun and not done
  std::size_t listings_ = 0;  // that have not ended
  std::size_t tasks_described_ = 0;
  Course course_;
  std::vector<Waiting> waiting_;
  std::size_t next_settling_;
  std::size_t calls_unsettled_ = 0;  // that ended since the last settling
};

}  // namespace ecsd::discovery
