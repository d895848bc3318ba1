#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
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

// The last few of many keys.
class RecentKeys {
 public:
  [[nodiscard]] bool Has(const std::string& key) const { return keys_.contains(key); }
  // Forgets the oldest when there are too many.
  void Add(const std::string& key);

 private:
  std::set<std::string> keys_;
  std::deque<std::string> order_;  // oldest first
};

// Checks logins. A bcrypt hash takes a core for a tenth of a second, by design, so what was found
// is remembered (as a keyed digest, never the password) and only two checks run at once: strangers
// with wrong passwords cannot keep the threads of the server busy, nor crowd out the memory of who
// has come in already. Any thread may call.
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
  RecentKeys good_ ECSD_GUARDED_BY(mutex_);
  RecentKeys bad_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::server
