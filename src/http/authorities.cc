#include "http/authorities.h"

#include <curl/curl.h>
#include <openssl/safestack.h>
#include <openssl/ssl.h>
#include <openssl/types.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <string>
#include <utility>

#include "support/mutex.h"

namespace ecsd::http {
namespace {

constexpr std::chrono::hours kGoodFor{24};

bool AddBundle(X509_STORE* store, const std::string& bundle) {
  return X509_STORE_load_file(store, bundle.c_str()) == 1;
}

// One of the two is enough.
bool AddSystem(X509_STORE* store) {
  const auto* built = curl_version_info(CURLVERSION_NOW);
  const bool file = built->cainfo != nullptr && X509_STORE_load_file(store, built->cainfo) == 1;
  const bool path = built->capath != nullptr && X509_STORE_load_path(store, built->capath) == 1;
  return file || path;
}

bool HasSome(const SSL_CTX& context) {
  const auto* store = SSL_CTX_get_cert_store(&context);
  return store != nullptr && sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) > 0;
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

bool Authorities::Lend(SSL_CTX& context, Clock::time_point now) {
  if (HasSome(context)) return true;
  const support::MutexLock lock(mutex_);
  if (!store_ || now - read_ >= kGoodFor) {
    if (auto store = Read()) {
      store_ = std::move(store);
      read_ = now;
    }
  }
  if (!store_) return false;
  SSL_CTX_set1_cert_store(&context, store_.get());  // takes a reference of its own
  return true;
}

}  // namespace ecsd::http
