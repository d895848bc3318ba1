#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::test {

// Session keys whose parts are named after `name`; they never expire when `expires` is nothing.
[[nodiscard]] inline aws::Credentials Keys(const std::string& name,
                                           std::optional<support::SystemTime> expires = {}) {
  return {.access_key_id = "AKIA" + name,
          .secret_access_key = support::Secret(name + "-secret"),
          .session_token = support::Secret(name + "-token"),
          .expires = expires,
          .source = "a test"};
}

// Gives what was queued, then the last of it again and again. Any thread may call.
class FakeCredentialSource final : public aws::CredentialSource {
 public:
  FakeCredentialSource& Queue(support::Result<aws::Credentials> result) {
    const std::scoped_lock lock(mutex_);
    results_.push_back(std::move(result));
    return *this;
  }

  void Clear() {
    const std::scoped_lock lock(mutex_);
    results_.clear();
  }

  // Called by every Fetch before it answers; set before other threads fetch.
  void OnFetch(std::function<void()> call) { on_fetch_ = std::move(call); }

  [[nodiscard]] support::Result<aws::Credentials> Fetch(
      const aws::Deadline& /*deadline*/) override {
    if (on_fetch_) on_fetch_();
    const std::scoped_lock lock(mutex_);
    ++fetches_;
    if (results_.empty()) {
      ADD_FAILURE() << "no credentials were queued";
      return support::Fail(support::ErrorKind::kCredentials, "none");
    }
    auto result = results_.front();
    if (results_.size() > 1) results_.pop_front();
    return result;
  }

  [[nodiscard]] std::size_t fetches() const {
    const std::scoped_lock lock(mutex_);
    return fetches_;
  }

 private:
  std::function<void()> on_fetch_;
  mutable std::mutex mutex_;
  std::deque<support::Result<aws::Credentials>> results_;
  std::size_t fetches_ = 0;
};

}  // namespace ecsd::test
