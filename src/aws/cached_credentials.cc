#include "aws/cached_credentials.h"

#include <chrono>
#include <utility>

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

}  // namespace

CachedCredentials::CachedCredentials(CredentialSource& source, const support::Clock& clock)
    : source_(source), clock_(clock) {}

bool CachedCredentials::IsFresh() const {
  if (!current_) return false;
  const auto now = clock_.Now();
  if (!current_->expires) return now >= fetched_ && now - fetched_ < kRereadAfter;
  // Keys that live for less than twice the window would otherwise be renewed by every call.
  const auto lifetime = *current_->expires - fetched_;
  const auto window = std::min<support::SystemTime::duration>(kRenewBefore, lifetime / 4);
  return now < *current_->expires - window;
}

support::Result<Credentials> CachedCredentials::Get(const Deadline& deadline) {
  const support::MutexLock lock(mutex_);
  if (IsFresh()) return *current_;
  auto fetched = source_.Fetch(deadline);
  if (fetched) {
    current_ = *std::move(fetched);
    fetched_ = clock_.Now();
    return *current_;
  }
  const bool still_valid = current_ && current_->expires && clock_.Now() < *current_->expires;
  if (still_valid) return *current_;
  return fetched;
}

void CachedCredentials::Discard(const Credentials& refused) {
  const support::MutexLock lock(mutex_);
  const bool same = current_ && current_->access_key_id == refused.access_key_id &&
                    current_->session_token == refused.session_token;
  if (same) current_.reset();
}

}  // namespace ecsd::aws
