#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/fair_queue.h"
#include "server/suspend.h"
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
  kLater,   // the request was put aside; when it goes on, the outcome is known
  kEnding,  // it could not be put aside, for the server is ending
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
// is remembered (as a keyed digest, never the password), and two threads of its own check what is
// not, one login of each address after the other: strangers with wrong passwords cannot keep the
// threads of the server busy, nor crowd out the memory of who has come in already, nor hold up the
// first login from another address for more than one check of each address. Any wrong login takes
// as long as the highest cost among the users asks for, whether there is such a user or not. Any
// thread may call.
class LoginChecker {
 public:
  LoginChecker();
  LoginChecker(const LoginChecker&) = delete;
  LoginChecker& operator=(const LoginChecker&) = delete;
  // Waits for checks that are going on; the others are forgotten.
  ~LoginChecker();

  // `address` is where the login comes from. What is remembered is answered at once; otherwise
  // `suspend` is called.
  [[nodiscard]] LoginOutcome Check(const Users& users, const BasicLogin& login,
                                   const std::string& address, const Suspend& suspend);

 private:
  struct Job {
    std::string key;
    std::string hash;
    std::string password;
    bool exists = false;   // whether the hash is that of a user
    int highest_cost = 0;  // among the users
    Resume resume;
  };

  [[nodiscard]] std::string KeyOf(const std::string& hash, const BasicLogin& login) const;
  [[nodiscard]] std::optional<bool> Recall(const std::string& key) ECSD_EXCLUDES(mutex_);
  void Remember(const std::string& key, bool good) ECSD_EXCLUDES(mutex_);
  void Queue(const std::string& address, Job job);
  [[nodiscard]] std::optional<Job> Next(const std::stop_token& stop);
  void Work(const std::stop_token& stop);

  std::string salt_;  // constant after construction
  support::Mutex mutex_;
  RecentKeys good_ ECSD_GUARDED_BY(mutex_);
  RecentKeys bad_ ECSD_GUARDED_BY(mutex_);
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow. It guards what is below.
  std::mutex queue_mutex_;
  std::condition_variable_any wake_;
  FairQueue<Job> queue_;
  std::vector<std::jthread> threads_;  // none before the first check; last: they use the others
};

}  // namespace ecsd::server
