#include "sim/key_ring.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sigv4_verifier.h"
#include "support/mutex.h"
#include "support/secret.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kLongest = 320;

}  // namespace

std::string RandomText(std::size_t length) {
  std::array<unsigned char, kLongest> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(length)) != 1) return {};
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += kAlphabet[bytes.at(i) % kAlphabet.size()];
  return out;
}

void KeyRing::Add(AccessKey key) {
  const support::MutexLock lock(mutex_);
  keys_.insert_or_assign(key.id, key);
}

std::optional<AccessKey> KeyRing::Find(std::string_view access_key_id) const {
  const support::MutexLock lock(mutex_);
  const auto found = keys_.find(access_key_id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

bool KeyRing::Expire(std::string_view access_key_id,
                     std::chrono::system_clock::time_point expiration) {
  const support::MutexLock lock(mutex_);
  const auto found = keys_.find(access_key_id);
  if (found == keys_.end()) return false;
  found->second.expiration = expiration;
  return true;
}

std::vector<AccessKey> KeyRing::All() const {
  const support::MutexLock lock(mutex_);
  std::vector<AccessKey> out;
  out.reserve(keys_.size());
  for (const auto& entry : keys_) out.push_back(entry.second);
  return out;
}

AccessKey KeyRing::Issue(std::string principal_arn, std::string principal_id,
                         std::chrono::system_clock::time_point expiration) {
  AccessKey key{.id = "ASIA" + RandomText(16),
                .secret = support::Secret(RandomText(40)),
                .token = support::Secret("FwoGZXIvYXdz//" + RandomText(kLongest) + "+/=="),
                .expiration = expiration,
                .principal_arn = std::move(principal_arn),
                .principal_id = std::move(principal_id)};
  Add(key);
  return key;
}

}  // namespace ecsd::sim
