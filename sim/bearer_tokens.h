#pragma once

#include <map>
#include <string>
#include <string_view>

#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// The tokens with which clients prove themselves where they have no keys yet, by kind: `container`,
// `pod-identity`, `sso` and `web-identity`. A kind that was never set takes any token. Any thread
// may call it.
class BearerTokens {
 public:
  // Fails with kConfig when there is no such kind or the token is empty.
  [[nodiscard]] support::Result<void> Set(std::string_view kind, support::Secret token)
      ECSD_EXCLUDES(mutex_);
  // The same for KIND=TOKEN.
  [[nodiscard]] support::Result<void> Set(std::string_view text) ECSD_EXCLUDES(mutex_);

  [[nodiscard]] bool Accepts(std::string_view kind, std::string_view token) const
      ECSD_EXCLUDES(mutex_);

 private:
  mutable support::Mutex mutex_;
  std::map<std::string, support::Secret, std::less<>> tokens_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
