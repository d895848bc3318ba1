#include "server/login.h"

#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/digest.h"
#include "support/mutex.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kMostKnown = 128;
constexpr int kMostRunning = 2;
constexpr std::size_t kLongestHeader = 1024;

// Checked for names that are no users, so that the time tells nobody which names are.
constexpr const char* kNobody = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

std::optional<std::uint32_t> Base64Value(char symbol) {
  constexpr std::string_view kSymbols =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = kSymbols.find(symbol);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(at);
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned int count = 0;
  for (const char symbol : text) {
    const auto value = Base64Value(symbol);
    if (!value) return std::nullopt;
    bits = (bits << 6U | *value) & 0xFFFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFFU);
  }
  return bytes;
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

LoginOutcome LoginChecker::Check(const Users& users, const BasicLogin& login) {
  const auto user = users.find(login.user);
  const bool exists = user != users.end();
  const std::string hash = exists ? user->second.Reveal() : kNobody;
  const auto key = KeyOf(hash, login);
  if (const auto known = Recall(key)) return *known ? LoginOutcome::kGood : LoginOutcome::kBad;
  if (!Enter()) return LoginOutcome::kBusy;
  const bool good = Matches(hash, login.password.Reveal()) && exists;
  Leave(key, good);
  return good ? LoginOutcome::kGood : LoginOutcome::kBad;
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

bool LoginChecker::Enter() {
  const support::MutexLock lock(mutex_);
  if (running_ >= kMostRunning) return false;
  ++running_;
  return true;
}

void LoginChecker::Leave(const std::string& key, bool good) {
  const support::MutexLock lock(mutex_);
  --running_;
  (good ? good_ : bad_).Add(key);
}

}  // namespace ecsd::server
