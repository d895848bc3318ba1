#include "aws/cached_credentials.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::aws {
namespace {

using support::Result;
using Length = support::SystemTime::duration;

// botocore's windows, but the second, where it takes ten minutes: a renewal takes seconds.
constexpr std::chrono::minutes kRenewBefore{15};
constexpr std::chrono::minutes kWaitBefore{5};
// How old keys without an expiry may get before their place is read again.
constexpr std::chrono::minutes kRereadAfter{1};
// How long a failed renewal is not repeated while the old keys are good: a source that hangs would
// otherwise hold up every call.
constexpr std::chrono::seconds kRenewAgainAfter{30};
// A source that gives keys at the end of their life is not asked by every call.
constexpr std::chrono::seconds kShortestPause{1};
// How long a renewal may take that nobody has to wait for.
constexpr std::chrono::seconds kUnhurried{30};

}  // namespace

CachedCredentials::CachedCredentials(CredentialSource& source, const support::Clock& clock,
                                     const telemetry::Log& log, std::function<double()> draw)
    : source_(source),
      clock_(clock),
      log_(log),
      draw_(std::move(draw)),
      expired_(clock),
      failing_(clock) {}

bool CachedCredentials::LastFor(Length window) const {
  return current_ && current_->expires && clock_.Now() < *current_->expires - window;
}

bool CachedCredentials::AreFresh() const {
  if (!current_) return false;
  const auto now = clock_.Now();
  if (came_expired_) return clock_.Steady() < renew_again_;
  if (!current_->expires && current_->costly) return true;
  if (!current_->expires) return now >= fetched_ && now - fetched_ < kRereadAfter;
  return LastFor(renew_before_) || (LastFor(Length(0)) && clock_.Steady() < renew_again_);
}

bool CachedCredentials::CanWait() const {
  return current_ && (!current_->expires || LastFor(wait_before_));
}

Result<Credentials> CachedCredentials::Outcome() const {
  if (current_) return *current_;
  return tl::unexpected(why_none_);
}

CachedCredentials::Turn CachedCredentials::TakeTurn(const std::stop_token& stop) {
  const support::MutexLock lock(mutex_);
  if (current_ && (AreFresh() || (renewing_ && CanWait())))
    return {.answer = *current_, .can_wait = true};
  if (!renewing_) {
    renewing_ = true;
    return {.answer = std::nullopt, .can_wait = CanWait()};
  }
  const auto before = renewals_;
  const auto ended = [this, before]() ECSD_REQUIRES(mutex_) { return renewals_ != before; };
  if (changed_.wait(mutex_, stop, ended)) return {.answer = Outcome(), .can_wait = false};
  return {.answer = support::Fail(support::ErrorKind::kCancelled, "AWS credentials: stopped"),
          .can_wait = false};
}

void CachedCredentials::Keep(Credentials fetched) {
  const auto now = clock_.Now();
  // A time long ago, less now, would overflow.
  const auto life = fetched.expires && *fetched.expires > now ? *fetched.expires - now : Length(0);
  const auto earliest = std::min<Length>(kRenewBefore, life / 2);
  renew_before_ = earliest - std::chrono::duration_cast<Length>(earliest / 4 * draw_());
  wait_before_ = std::min<Length>(kWaitBefore, life / 8);
  SayWhatCame(fetched, life);
  renew_again_ = clock_.Steady() + (came_expired_ ? kRenewAgainAfter : kShortestPause);
  fetched_ = now;
  failing_.Ended();
  current_ = std::move(fetched);
}

void CachedCredentials::SayWhatCame(const Credentials& fetched, Length life) {
  const bool expired = fetched.expires && life == Length(0);
  came_expired_ = expired;
  if (expired) {
    if (const auto episode = expired_.Met()) {
      log_.Write(telemetry::LogLevel::kWarn,
                 "AWS credentials have expired by the local clock; they are used anyway",
                 episode->With({{.key = "source", .value = fetched.source},
                                {.key = "access_key_id", .value = fetched.access_key_id}}));
    }
    return;
  }
  const bool expired_before = expired_.Ended().has_value();
  const auto last_id = std::exchange(last_id_, fetched.access_key_id);
  const bool renewed = !last_id.empty() && last_id != fetched.access_key_id;
  if (!renewed && !failing_.lasts() && !expired_before) return;
  log_.Info("AWS credentials renewed",
            {{.key = "source", .value = fetched.source},
             {.key = "access_key_id", .value = fetched.access_key_id},
             {.key = "seconds_left",
              .value = fetched.expires ? telemetry::Value(
                                             std::chrono::floor<std::chrono::seconds>(life).count())
                                       : telemetry::Value("unlimited")}});
}

void CachedCredentials::KeepOld(support::Error error) {
  if (!current_ || !current_->expires || !LastFor(Length(0))) {
    current_.reset();
    why_none_ = std::move(error);
    return;
  }
  const Length left = *current_->expires - clock_.Now();
  renew_again_ = clock_.Steady() + std::clamp<Length>(left / 4, kShortestPause, kRenewAgainAfter);
  if (error.kind == support::ErrorKind::kCancelled) return;
  if (const auto episode = failing_.Met(support::NameOf(error.kind), error.message)) {
    log_.Write(telemetry::LogLevel::kError,
               "AWS credentials could not be renewed; the old ones are used until they expire",
               episode->With({{.key = "error", .value = error.message},
                              {.key = "seconds_left",
                               .value = std::chrono::floor<std::chrono::seconds>(left).count()}}));
  }
}

Result<Credentials> CachedCredentials::EndRenewal(Result<Credentials> fetched) {
  const support::MutexLock lock(mutex_);
  if (fetched) {
    Keep(*std::move(fetched));
  } else {
    KeepOld(std::move(fetched).error());
  }
  renewing_ = false;
  ++renewals_;
  changed_.notify_all();
  return Outcome();
}

Result<Credentials> CachedCredentials::Get(const Deadline& deadline) {
  auto turn = TakeTurn(deadline.stop);
  if (turn.answer) return *std::move(turn.answer);
  auto limited = deadline;
  if (turn.can_wait) limited.at = std::min(limited.at, clock_.Steady() + kUnhurried);
  return EndRenewal(source_.Fetch(limited));
}

void CachedCredentials::Discard(const Credentials& refused) {
  const support::MutexLock lock(mutex_);
  const bool same = current_ && current_->access_key_id == refused.access_key_id &&
                    current_->session_token == refused.session_token;
  if (same) current_.reset();
}

}  // namespace ecsd::aws
