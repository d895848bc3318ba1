#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "discovery/known_state.h"
#include "state/state_file.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::state {

// Keeps a state file equal to what is known, on a thread of its own, so that a slow disk holds
// nothing up. One thread uses it.
class StateKeeper {
 public:
  // `known` is what `file` holds. `clock` and `log` must outlive it.
  StateKeeper(StateFile file, const discovery::KnownState& known, const support::Clock& clock,
              const telemetry::Log& log);
  StateKeeper(const StateKeeper&) = delete;
  StateKeeper& operator=(const StateKeeper&) = delete;
  // Writes what is still to be written, unless Hurry was called before, and then for a moment only.
  ~StateKeeper();

  // Every record of the other kinds as it is after a call of Keep. Called on the keeper's thread.
  using Others = std::function<std::vector<Change>()>;

  // Makes the file hold the definitions, instances and addresses of `known` and no others, soon,
  // and makes `changes` of records of other kinds: what differs from the last call is written in
  // one transaction. A failure is logged, and again every 15 minutes, and what it concerned
  // is written with the next call. The records are looked at before it returns. A file that was
  // removed or replaced since is made again, with all that is known; `others` gives what `known`
  // does not have. A file that is not ours is not touched: then nothing is kept until it is gone.
  void Keep(const discovery::KnownState& known, std::vector<Change> changes, Others others = {});

  // Waits until everything was written or has failed.
  void WaitUntilIdle();

  // The program is to end now: what takes long is given up. Any thread may call.
  void Hurry() { hurry_.request_stop(); }

 private:
  using Key = std::pair<RecordKind, std::string>;
  using ByKey = std::map<Key, std::optional<std::string>>;
  // A number for the bytes of each record that the file holds, or is about to.
  using Digests = std::unordered_map<std::string, std::size_t>;

  template <typename T>
  void Compare(RecordKind kind, const std::vector<std::shared_ptr<const T>>& records,
               ByKey& changes);
  void CompareAll(const discovery::KnownState& known, ByKey& changes);
  void Work(const std::stop_token& ending);
  void Write(ByKey changes);
  [[nodiscard]] bool MakeAgain();
  [[nodiscard]] ByKey Everything();
  void ReportMissing(const support::Result<void>& made);

  StateFile file_;  // the thread's
  const telemetry::Log& log_;
  telemetry::Reminder failing_;  // the thread's
  bool missing_ = false;  // the thread's: the file was not in place, and is not written whole since
  telemetry::Reminder refused_;  // the thread's: it could not be made again
  std::map<RecordKind, Digests> digests_;
  std::stop_source hurry_;
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  ByKey waiting_;                // guarded by mutex_
  ByKey failed_;                 // guarded by mutex_; older than what waits; wakes no thread
  bool look_ = false;            // guarded by mutex_: Keep was called
  bool busy_ = false;            // guarded by mutex_
  discovery::KnownState known_;  // guarded by mutex_: of the last call, without tasks and clusters
  Others others_;                // guarded by mutex_: the same
  std::jthread thread_;
};

}  // namespace ecsd::state
