#include "aws/cached_credentials.h"

#include <algorithm>
#include <chrono>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

// Long enough that a slow or failing renewal can be repeated a few times before the keys end.
constexpr std::chrono::minutes kRenewBefore{5};
// How old keys without an expiry may get before their place is read again.
constexpr std::chrono::minutes kRereadAfter{1};
// How long a failed renewal is not repeated while the old keys are good: a source that hangs would
// otherwise hold up every call.
constexpr std::chrono::seconds kRenewAgainAfter{30};

}  // namespace

CachedCredentials::CachedCredentials(CredentialSource& source, const support::Clock& clock)
    : source_(source), clock_(clock) {}

bool CachedCredentials::IsValid(const Credentials& credentials) const {
  return credentials.expires && clock_.Now() < *credentials.expires;
}

bool CachedCredentials::IsFresh(const Credentials& credentials) const {
  const auto now = clock_.Now();
  if (!credentials.expires) return now >= fetched_ && now - fetched_ < kRereadAfter;
  // Short sessions would otherwise be renewed by every call.
  const auto lifetime = *credentials.expires - fetched_;
  const auto window = std::min<support::SystemTime::duration>(kRenewBefore, lifetime / 4);
  const bool waiting = clock_.Steady() < renew_again_ && IsValid(credentials);
  return waiting || now < *credentials.expires - window;
}

support::Result<Credentials> CachedCredentials::Get(const Deadline& deadline) {
  const support::MutexLock lock(mutex_);
  if (current_ && IsFresh(*current_)) return *current_;
  auto fetched = source_.Fetch(deadline);
  if (fetched) {
    current_ = *fetched;
    fetched_ = clock_.Now();
    renew_again_ = {};
    return fetched;
  }
  if (!current_ || !IsValid(*current_)) return fetched;
  renew_again_ = clock_.Steady() + kRenewAgainAfter;
  return *current_;
}

void CachedCredentials::Discard(const Credentials& refused) {
  const support::MutexLock lock(mutex_);
  const bool same = current_ && current_->access_key_id == refused.access_key_id &&
                    current_->session_token == refused.session_token;
  if (same) current_.reset();
}

}  // namespace ecsd::aws
