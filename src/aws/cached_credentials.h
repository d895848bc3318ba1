#pragma once

#include <optional>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"

namespace ecsd::aws {

// Keeps what a source gave for as long as it is good. Keys that expire are renewed five minutes
// before; keys that do not are read again after a minute, so that a changed file is noticed. Any
// thread may call; one renewal runs at a time and the others wait for it.
class CachedCredentials {
 public:
  // `source` and `clock` must outlive this object.
  CachedCredentials(CredentialSource& source, const support::Clock& clock);

  // Credentials that are good now. When a renewal fails, the old ones are used for as long as they
  // are valid.
  [[nodiscard]] support::Result<Credentials> Get(const Deadline& deadline) ECSD_EXCLUDES(mutex_);

  // The service refused `refused` as stale: the next Get fetches anew, unless somebody has done so
  // already.
  void Discard(const Credentials& refused) ECSD_EXCLUDES(mutex_);

 private:
  [[nodiscard]] bool IsFresh() const ECSD_REQUIRES(mutex_);

  // Constant after construction.
  CredentialSource& source_;
  const support::Clock& clock_;

  // Held while fetching, on purpose: whoever else needs credentials could do nothing but fetch them
  // as well.
  support::Mutex mutex_;
  std::optional<Credentials> current_ ECSD_GUARDED_BY(mutex_);
  support::SystemTime fetched_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::aws
