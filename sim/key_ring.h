#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sigv4_verifier.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// Letters and digits that nobody can guess, at most 320; empty when the machine has no randomness.
[[nodiscard]] std::string RandomText(std::size_t length);

// The access keys that are accepted. Any thread may call it.
class KeyRing {
 public:
  // A later key with the same id replaces the earlier one.
  void Add(AccessKey key) ECSD_EXCLUDES(mutex_);
  [[nodiscard]] std::optional<AccessKey> Find(std::string_view access_key_id) const
      ECSD_EXCLUDES(mutex_);
  // From `expiration` on the key is refused as expired. False: no such key.
  bool Expire(std::string_view access_key_id, std::chrono::system_clock::time_point expiration)
      ECSD_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<AccessKey> All() const ECSD_EXCLUDES(mutex_);

  // Makes, keeps and returns temporary keys for a principal; secret and token are random.
  AccessKey Issue(std::string principal_arn, std::string principal_id,
                  std::chrono::system_clock::time_point expiration) ECSD_EXCLUDES(mutex_);

 private:
  mutable support::Mutex mutex_;
  std::map<std::string, AccessKey, std::less<>> keys_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
