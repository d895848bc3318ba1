#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "support/mutex.h"
#include "support/secret.h"
#include "support/thread_annotations.h"

namespace ecsd::server {

// A name and password as a client sent them.
struct BasicLogin {
  std::string user;
  support::Secret password;
  friend bool operator==(const BasicLogin&, const BasicLogin&) = default;
};

// Reads an Authorization header of scheme Basic (RFC 7617); nothing for anything else.
[[nodiscard]] std::optional<BasicLogin> ReadBasicLogin(std::string_view authorization);

// Users by name, with the bcrypt hash of their password.
using Users = std::map<std::string, support::Secret, std::less<>>;

enum class LoginOutcome : std::uint8_t {
  kGood,
  kBad,
  kBusy,  // too many passwords are being checked already; try again
};

// Checks logins. A bcrypt hash takes a core for a tenth of a second, by design, so what was found
// is remembered (as a keyed digest, never the password) and only two checks run at once: strangers
// with wrong passwords cannot keep the threads of the server busy. Any thread may call.
class LoginChecker {
 public:
  LoginChecker();

  [[nodiscard]] LoginOutcome Check(const Users& users, const BasicLogin& login)
      ECSD_EXCLUDES(mutex_);

 private:
  [[nodiscard]] std::string KeyOf(const std::string& hash, const BasicLogin& login) const;
  [[nodiscard]] std::optional<bool> Recall(const std::string& key) ECSD_EXCLUDES(mutex_);
  [[nodiscard]] bool Enter() ECSD_EXCLUDES(mutex_);
  void Leave(const std::string& key, bool good) ECSD_EXCLUDES(mutex_);

  std::string salt_;  // constant after construction
  support::Mutex mutex_;
  int running_ ECSD_GUARDED_BY(mutex_) = 0;
  std::map<std::string, bool> known_ ECSD_GUARDED_BY(mutex_);
  std::deque<std::string> order_ ECSD_GUARDED_BY(mutex_);  // oldest first
};

}  // namespace ecsd::server
