#include "http/authorities.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/types.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "support/mutex.h"

namespace ecsd::http {
namespace {

constexpr std::chrono::hours kGoodFor{24};
constexpr std::chrono::seconds kGoodForInDoubt{10};

bool AddBundle(X509_STORE* store, const std::string& bundle) {
  return X509_STORE_load_file(store, bundle.c_str()) == 1;
}

// OpenSSL looks names up in such a directory as `0a1b2c3d.0`, and takes one that is not there too.
bool HasHashedNames(const char* path) {
  constexpr std::size_t kHashed = 10;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.size() == kHashed && name.ends_with(".0")) return true;
  }
  return false;
}

// One of the two is enough. A libcurl that was built without them leaves it to OpenSSL.
bool AddSystem(X509_STORE* store) {
  const auto* built = curl_version_info(CURLVERSION_NOW);
  if (built->cainfo == nullptr && built->capath == nullptr)
    return X509_STORE_set_default_paths(store) == 1;
  const bool file = built->cainfo != nullptr && X509_STORE_load_file(store, built->cainfo) == 1;
  const bool path = built->capath != nullptr && HasHashedNames(built->capath) &&
                    X509_STORE_load_path(store, built->capath) == 1;
  return file || path;
}

}  // namespace

void Authorities::Free::operator()(X509_STORE* store) const {
  X509_STORE_free(store);
}

Authorities::Authorities(std::string bundle) : bundle_(std::move(bundle)) {}

Authorities::~Authorities() = default;

// With the flags that libcurl sets: the chain to one of ours is preferred, and an authority need
// not be a root.
Authorities::Store Authorities::Read() const {
  Store store(X509_STORE_new());
  if (!store) return nullptr;
  if (!(bundle_.empty() ? AddSystem(store.get()) : AddBundle(store.get(), bundle_))) return nullptr;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

bool Authorities::CanLend() {
  const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library != nullptr && std::string_view(library).starts_with("OpenSSL/");
}

bool Authorities::Lend(SSL_CTX& context, Clock::time_point now) {
  const support::MutexLock lock(mutex_);
  const auto good_for = doubted_ ? kGoodForInDoubt : kGoodFor;
  if (!store_ || now - read_ >= good_for) {
    if (auto store = Read()) {
      store_ = std::move(store);
      read_ = now;
      doubted_ = false;
    }
  }
  if (!store_) return false;
  SSL_CTX_set1_cert_store(&context, store_.get());  // takes a reference of its own
  return true;
}

void Authorities::Doubt() {
  const support::MutexLock lock(mutex_);
  doubted_ = true;
}

}  // namespace ecsd::http
