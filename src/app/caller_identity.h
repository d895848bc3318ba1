#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "aws/sts_client.h"
#include "server/live_figures.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::app {

// Whose credentials sign the calls, for the page: asked for once by STS GetCallerIdentity, which
// needs no permission, and again when the source of the credentials changes. Nothing depends on it,
// so failures are not logged: where STS cannot be reached it is not known.
class CallerIdentity {
 public:
  // `clock` must outlive this object.
  explicit CallerIdentity(const support::Clock& clock) : clock_(clock) {}

  // Names the source of the credentials in use. Called by the thread that calls Find.
  void CredentialsFrom(const std::string& source) ECSD_EXCLUDES(mutex_);

  // Asks, when credentials are there and the answer is not, for at most a few seconds and no more
  // than once a minute.
  void Find(const aws::StsClient& sts, const std::stop_token& stop) ECSD_EXCLUDES(mutex_);

  // Any thread may call.
  [[nodiscard]] server::CallerFigures Current() const ECSD_EXCLUDES(mutex_);

 private:
  [[nodiscard]] bool IsDue() const ECSD_EXCLUDES(mutex_);

  const support::Clock& clock_;
  std::string source_;                        // of the credentials; empty: there were none yet
  std::optional<support::SteadyTime> tried_;  // when it was asked last
  mutable support::Mutex mutex_;
  server::CallerFigures caller_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::app
