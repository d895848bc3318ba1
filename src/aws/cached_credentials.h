#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/draw.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::aws {

// Keeps what a source gave for as long as it is good. Any thread may call.
//
// Keys that expire are renewed 15 minutes before (short sessions half-way through their life, and
// all up to a quarter of that time later, by chance, so that copies of the program do not renew
// together). One caller renews; the others go on with the old keys meanwhile, until five minutes
// before the end (an eighth of a short session), from where on they wait. Keys without an expiry
// are read again after a minute, so that a changed file is noticed. Keys that have expired when
// they come are used all the same, for the local clock may be wrong: AWS has the last word; others
// are asked for every 30 s. Failing renewals and such keys are logged as a Reminder has it, and new
// keys whenever they come.
class CachedCredentials {
 public:
  // `source`, `clock` and `log` must outlive this object. `draw` gives numbers in [0, 1).
  CachedCredentials(CredentialSource& source, const support::Clock& clock,
                    const telemetry::Log& log, std::function<double()> draw = support::Draw);

  // Credentials that are good now. When a renewal fails, the old ones are used until they expire,
  // and the renewal is repeated every 30 s, more often towards the end. Keys without an expiry are
  // not used once their place cannot be read any more. A caller that waits for another's renewal
  // waits until that ends or `deadline` is stopped, and shares its outcome.
  [[nodiscard]] support::Result<Credentials> Get(const Deadline& deadline) ECSD_EXCLUDES(mutex_);

  // The service refused `refused` as stale: the next Get fetches anew, unless somebody has done so
  // already.
  void Discard(const Credentials& refused) ECSD_EXCLUDES(mutex_);

 private:
  // What a caller of Get has to do.
  struct Turn {
    std::optional<support::Result<Credentials>> answer;  // nothing: to renew
    bool can_wait = false;  // the old keys last, so the renewal need not take long
  };

  [[nodiscard]] Turn TakeTurn(const std::stop_token& stop) ECSD_EXCLUDES(mutex_);
  // Ends the renewal that this caller was to make.
  [[nodiscard]] support::Result<Credentials> EndRenewal(support::Result<Credentials> fetched)
      ECSD_EXCLUDES(mutex_);
  void Keep(Credentials fetched) ECSD_REQUIRES(mutex_);
  // Says what the log is to have of new keys, which are good for `life`.
  void SayWhatCame(const Credentials& fetched, support::SystemTime::duration life)
      ECSD_REQUIRES(mutex_);
  void KeepOld(support::Error error) ECSD_REQUIRES(mutex_);
  // What the last renewal came to.
  [[nodiscard]] support::Result<Credentials> Outcome() const ECSD_REQUIRES(mutex_);

  // They expire at a known time that is still more than `window` to come.
  [[nodiscard]] bool LastFor(support::SystemTime::duration window) const ECSD_REQUIRES(mutex_);
  // They may be used without a renewal.
  [[nodiscard]] bool AreFresh() const ECSD_REQUIRES(mutex_);
  // They may be used while somebody renews them.
  [[nodiscard]] bool CanWait() const ECSD_REQUIRES(mutex_);

  // Constant after construction.
  CredentialSource& source_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  const std::function<double()> draw_;

  support::Mutex mutex_;
  std::condition_variable_any changed_;  // a renewal has ended
  bool renewing_ ECSD_GUARDED_BY(mutex_) = false;
  std::uint64_t renewals_ ECSD_GUARDED_BY(mutex_) = 0;  // that have ended
  std::optional<Credentials> current_ ECSD_GUARDED_BY(mutex_);
  support::Error why_none_ ECSD_GUARDED_BY(mutex_);  // while there are none
  support::SystemTime fetched_ ECSD_GUARDED_BY(mutex_);
  support::SystemTime::duration renew_before_ ECSD_GUARDED_BY(mutex_){};  // their end
  support::SystemTime::duration wait_before_ ECSD_GUARDED_BY(mutex_){};   // their end
  support::SteadyTime renew_again_ ECSD_GUARDED_BY(mutex_);               // not before
  std::string last_id_ ECSD_GUARDED_BY(mutex_);  // of the keys that were last good
  telemetry::Reminder expired_ ECSD_GUARDED_BY(mutex_);
  telemetry::Reminder failing_ ECSD_GUARDED_BY(mutex_);
  bool came_expired_ ECSD_GUARDED_BY(mutex_) = false;  // the last keys that were fetched
};

}  // namespace ecsd::aws
