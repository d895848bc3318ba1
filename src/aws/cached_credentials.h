#pragma once

#include <optional>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"

namespace ecsd::aws {

// Keeps what a source gave for as long as it is good. Keys that expire are renewed five minutes
// before (short sessions in the last quarter of their life); keys that do not are read again after
// a minute, so that a changed file is noticed. Any thread may call; one renewal runs at a time and
// the others wait for it.
class CachedCredentials {
 public:
  // `source` and `clock` must outlive this object.
  CachedCredentials(CredentialSource& source, const support::Clock& clock);

  // Credentials that are good now. When a renewal fails, the old ones are used until they expire,
  // and the renewal is repeated every 30 s. Keys without an expiry are not used once their place
  // cannot be read any more.
  [[nodiscard]] support::Result<Credentials> Get(const Deadline& deadline) ECSD_EXCLUDES(mutex_);

  // The service refused `refused` as stale: the next Get fetches anew, unless somebody has done so
  // already.
  void Discard(const Credentials& refused) ECSD_EXCLUDES(mutex_);

 private:
  // They expire at a known time that is still to come.
  [[nodiscard]] bool IsValid(const Credentials& credentials) const;
  // They may be used without a fetch.
  [[nodiscard]] bool IsFresh(const Credentials& credentials) const ECSD_REQUIRES(mutex_);

  // Constant after construction.
  CredentialSource& source_;
  const support::Clock& clock_;

  // Held while fetching, on purpose: whoever else needs credentials could do nothing but fetch them
  // as well.
  support::Mutex mutex_;
  std::optional<Credentials> current_ ECSD_GUARDED_BY(mutex_);
  support::SystemTime fetched_ ECSD_GUARDED_BY(mutex_);
  support::SteadyTime renew_again_ ECSD_GUARDED_BY(mutex_);  // not before, after a failure
};

}  // namespace ecsd::aws
