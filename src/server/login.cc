#include "server/login.h"

#include <crypt.h>
#include <fmt/core.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "server/base64.h"
#include "server/digest.h"
#include "server/suspend.h"
#include "support/mutex.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kMostKnown = 128;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kLongestHeader = 1024;

// "$2y$10$" with another cost, and salt and hash of no password that anybody has.
std::string DummyHash(int cost) {
  return fmt::format("$2y${:02}$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi", cost);
}

int CostOf(std::string_view hash) {
  return static_cast<int>(support::ParseDecimal(hash.substr(4, 2)).value_or(0));
}

int HighestCost(const Users& users) {
  int highest = 0;
  for (const auto& [name, hash] : users) highest = std::max(highest, CostOf(hash.Reveal()));
  return highest;
}

bool Matches(const std::string& hash, const std::string& password) {
  // bcrypt ends a password at its first zero byte.
  if (password.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* found = crypt_r(password.c_str(), hash.c_str(), data.get());
  if (found == nullptr) return false;
  const std::string_view made(found);
  return made.size() == hash.size() && gnutls_memcmp(made.data(), hash.data(), hash.size()) == 0;
}

// Whether the password is right. If not, this takes as long as a hash of `highest` cost: as each
// cost takes twice the time of the one below, 2^c + (2^c + ... + 2^(highest - 1)) = 2^highest.
bool CheckSlowly(const std::string& hash, const std::string& password, int highest) {
  if (Matches(hash, password)) return true;
  for (int cost = CostOf(hash); cost < highest; ++cost) {
    static_cast<void>(Matches(DummyHash(cost), password));
  }
  return false;
}

}  // namespace

std::optional<BasicLogin> ReadBasicLogin(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  if (authorization.size() > kLongestHeader ||
      support::ToLower(authorization.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  const auto decoded = DecodeBase64(support::Trim(authorization.substr(kScheme.size())));
  if (!decoded) return std::nullopt;
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicLogin{.user = decoded->substr(0, colon),
                    .password = support::Secret(decoded->substr(colon + 1))};
}

void RecentKeys::Add(const std::string& key) {
  if (!keys_.insert(key).second) return;
  order_.push_back(key);
  if (order_.size() <= kMostKnown) return;
  keys_.erase(order_.front());
  order_.pop_front();
}

LoginChecker::LoginChecker() : salt_(32, '\0') {
  gnutls_rnd(GNUTLS_RND_KEY, salt_.data(), salt_.size());
}

LoginChecker::~LoginChecker() {
  for (auto& thread : threads_) thread.request_stop();
}

LoginOutcome LoginChecker::Check(const Users& users, const BasicLogin& login,
                                 const std::string& address, const Suspend& suspend) {
  const int highest = HighestCost(users);
  const auto user = users.find(login.user);
  const bool exists = user != users.end();
  // A name that is no user takes as long as one that is, so that the time tells no one which are.
  const std::string hash = exists ? user->second.Reveal() : DummyHash(highest);
  const auto key = KeyOf(hash, login);
  if (const auto known = Recall(key)) return *known ? LoginOutcome::kGood : LoginOutcome::kBad;
  auto resume = suspend();
  if (!resume) return LoginOutcome::kEnding;
  Queue(address, {.key = key,
                  .hash = hash,
                  .password = login.password.Reveal(),
                  .exists = exists,
                  .highest_cost = highest,
                  .resume = *std::move(resume)});
  return LoginOutcome::kLater;
}

void LoginChecker::Queue(const std::string& address, Job job) {
  const std::scoped_lock lock(queue_mutex_);
  queue_.Push(address, std::move(job));
  while (threads_.size() < kThreads) {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
  wake_.notify_one();
}

std::optional<LoginChecker::Job> LoginChecker::Next(const std::stop_token& stop) {
  std::unique_lock lock(queue_mutex_);
  wake_.wait(lock, stop, [this] { return !queue_.empty(); });
  return stop.stop_requested() ? std::nullopt : queue_.Pop();
}

void LoginChecker::Work(const std::stop_token& stop) {
  while (auto job = Next(stop)) {
    // Another request with the same login may have been checked in the meantime.
    if (!Recall(job->key)) {
      const bool matches = CheckSlowly(job->hash, job->password, job->highest_cost);
      Remember(job->key, matches && job->exists);
    }
    job->resume();
  }
}

std::string LoginChecker::KeyOf(const std::string& hash, const BasicLogin& login) const {
  const auto digest = [this](const std::string& text) { return RawDigest(salt_ + text); };
  return digest(digest(login.user) + digest(hash) + digest(login.password.Reveal()));
}

std::optional<bool> LoginChecker::Recall(const std::string& key) {
  const support::MutexLock lock(mutex_);
  if (good_.Has(key)) return true;
  return bad_.Has(key) ? std::optional(false) : std::nullopt;
}

void LoginChecker::Remember(const std::string& key, bool good) {
  const support::MutexLock lock(mutex_);
  (good ? good_ : bad_).Add(key);
}

}  // namespace ecsd::server
