#include "state/state_keeper.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "discovery/known_state.h"
#include "state/record_codec.h"
#include "state/state_file.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::state {

using discovery::KnownState;

StateKeeper::StateKeeper(StateFile file, const KnownState& known, const support::Clock& clock,
                         const telemetry::Log& log)
    : file_(std::move(file)), log_(log), failing_(clock), refused_(clock) {
  ByKey nothing_new;
  CompareAll(known, nothing_new);
  thread_ = std::jthread([this](const std::stop_token& ending) { Work(ending); });
}

StateKeeper::~StateKeeper() {
  thread_.request_stop();
  thread_.join();
}

void StateKeeper::Keep(const KnownState& known, std::vector<Change> changes, Others others) {
  ByKey news;
  CompareAll(known, news);
  for (auto& change : changes) {
    news.insert_or_assign(Key(change.kind, std::move(change.key)), std::move(change.bytes));
  }
  const std::scoped_lock lock(mutex_);
  // What is new goes before what waits, and that before what failed.
  news.merge(waiting_);
  news.merge(failed_);
  waiting_ = std::move(news);
  known_.definitions = known.definitions;
  known_.instances = known.instances;
  known_.addresses = known.addresses;
  others_ = std::move(others);
  look_ = true;
  wake_.notify_all();
}

void StateKeeper::WaitUntilIdle() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !look_ && waiting_.empty() && !busy_; });
}

void StateKeeper::CompareAll(const KnownState& known, ByKey& changes) {
  Compare(RecordKind::kDefinition, known.definitions, changes);
  Compare(RecordKind::kContainerInstance, known.instances, changes);
  Compare(RecordKind::kInstance, known.addresses, changes);
}

// Adds to `changes` what makes the file's records of `kind` those of `records`.
template <typename T>
void StateKeeper::Compare(RecordKind kind, const std::vector<std::shared_ptr<const T>>& records,
                          ByKey& changes) {
  auto& before = digests_[kind];
  Digests now;
  now.reserve(records.size());
  for (const auto& record : records) {
    auto bytes = Encode(*record);
    const auto& key = KeyOf(*record);
    const auto digest = std::hash<std::string>()(bytes);
    if (!now.emplace(key, digest).second) continue;
    const auto old = before.find(key);
    if (old == before.end() || old->second != digest) {
      changes.insert_or_assign(Key(kind, key), std::move(bytes));
    }
  }
  for (const auto& [key, digest] : before) {
    if (!now.contains(key)) changes.insert_or_assign(Key(kind, key), std::nullopt);
  }
  before = std::move(now);
}

void StateKeeper::Work(const std::stop_token& ending) {
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, ending, [this] { return look_ || !waiting_.empty(); });
    if (!look_ && waiting_.empty()) return;
    look_ = false;
    auto changes = std::exchange(waiting_, {});
    changes.merge(std::exchange(failed_, {}));
    busy_ = true;
    lock.unlock();
    Write(std::move(changes));
    lock.lock();
    busy_ = false;
    wake_.notify_all();
  }
}

// Records of the kinds that CompareAll knows, and the others.
StateKeeper::ByKey StateKeeper::Everything() {
  KnownState known;
  Others others;
  {
    const std::scoped_lock lock(mutex_);
    known = known_;
    others = others_;
    failed_.clear();
  }
  ByKey all;
  const auto add = [&all](RecordKind kind, const auto& records) {
    for (const auto& record : records)
      all.insert_or_assign(Key(kind, KeyOf(*record)), Encode(*record));
  };
  add(RecordKind::kDefinition, known.definitions);
  add(RecordKind::kContainerInstance, known.instances);
  add(RecordKind::kInstance, known.addresses);
  if (!others) return all;
  for (auto& change : others()) {
    all.insert_or_assign(Key(change.kind, std::move(change.key)), std::move(change.bytes));
  }
  return all;
}

void StateKeeper::ReportMissing(const support::Result<void>& made) {
  if (made) {
    refused_.Ended();
    log_.Warn("state file was removed or replaced; it is made again with all that is known",
              {{"file", file_.path()}});
  } else if (const auto episode =
                 refused_.Met(support::NameOf(made.error().kind), made.error().message)) {
    log_.Write(telemetry::LogLevel::kError,
               "state file was removed or replaced and cannot be made again; nothing is kept for a "
               "restart until what is there is moved away",
               episode->With({{"file", file_.path()}, {"error", made.error().message}}));
  }
}

// Whether the file is in place; `missing_` says that it is to be written whole.
bool StateKeeper::MakeAgain() {
  if (file_.IsInPlace()) return true;
  missing_ = true;
  const auto made = file_.MakeAgain();
  ReportMissing(made);
  return made.has_value();
}

void StateKeeper::Write(ByKey changes) {
  if (!MakeAgain()) return;
  if (missing_) changes = Everything();
  std::vector<Change> list;
  list.reserve(changes.size());
  for (auto& [key, bytes] : changes) {
    list.push_back({.kind = key.first, .key = key.second, .bytes = std::move(bytes)});
  }
  const auto applied = file_.Apply(list, hurry_.get_token());
  if (applied) {
    missing_ = false;
    if (failing_.Ended()) log_.Info("state file is written again", {{"file", file_.path()}});
    return;
  }
  if (applied.error().kind == support::ErrorKind::kCancelled) return;
  const auto& error = applied.error();
  if (const auto episode = failing_.Met(support::NameOf(error.kind), error.message)) {
    log_.Write(telemetry::LogLevel::kWarn,
               "state file cannot be written; a restart would know less",
               episode->With({{"file", file_.path()}, {"error", error.message}}));
  }
  const std::scoped_lock lock(mutex_);
  for (auto& change : list) {
    failed_.insert_or_assign(Key(change.kind, std::move(change.key)), std::move(change.bytes));
  }
}

}  // namespace ecsd::state
