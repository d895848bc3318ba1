#include "app/caller_identity.h"

#include <chrono>
#include <stop_token>
#include <string>

#include "aws/credentials.h"
#include "aws/sts_client.h"
#include "core/arn.h"
#include "server/live_figures.h"
#include "support/mutex.h"

namespace ecsd::app {

void CallerIdentity::CredentialsFrom(const std::string& source) {
  if (source_ == source) return;
  source_ = source;
  tried_.reset();
  const support::MutexLock lock(mutex_);
  caller_ = {};
}

bool CallerIdentity::IsDue() const {
  constexpr std::chrono::minutes kBetweenTries{1};
  if (source_.empty() || !Current().arn.empty()) return false;
  return !tried_ || clock_.Steady() - *tried_ >= kBetweenTries;
}

void CallerIdentity::Find(const aws::StsClient& sts, const std::stop_token& stop) {
  constexpr std::chrono::seconds kLongest{3};
  if (!IsDue()) return;
  tried_ = clock_.Steady();
  const auto arn = sts.GetCallerIdentity({.stop = stop, .at = *tried_ + kLongest});
  if (!arn) return;
  const support::MutexLock lock(mutex_);
  caller_.account = core::AccountOfArn(*arn);
  caller_.arn = *arn;
}

server::CallerFigures CallerIdentity::Current() const {
  const support::MutexLock lock(mutex_);
  return caller_;
}

}  // namespace ecsd::app
