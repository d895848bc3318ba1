#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::http {

// The certificate authorities that servers and proxies are checked against, read once for all
// connections, with OpenSSL.
// libcurl by itself reads them for each of its multi handles: with the about 140 of a usual system
// 20 ms of CPU time and 1 MB, 64 times at a start. Any thread may call.
class Authorities {
 public:
  using Clock = std::chrono::steady_clock;

  // `bundle` is a PEM file instead of the system's authorities; empty: those that libcurl was built
  // with, a file and a directory.
  explicit Authorities(std::string bundle);
  Authorities(const Authorities&) = delete;
  Authorities& operator=(const Authorities&) = delete;
  ~Authorities();

  // Whether the TLS library of libcurl is OpenSSL, so that its contexts are OpenSSL's.
  [[nodiscard]] static bool CanLend();

  // Makes `context`, that of a new connection, check against them. They are read again when they
  // were read a day ago, as libcurl does, so that what an update of the system changes comes
  // through. False when they cannot be read.
  [[nodiscard]] bool Lend(SSL_CTX& context, Clock::time_point now) ECSD_EXCLUDES(mutex_);

  // A server was not believed: they may have been replaced, and are read again for the next
  // connection, but not again and again.
  void Doubt() ECSD_EXCLUDES(mutex_);

 private:
  struct Free {
    void operator()(X509_STORE* store) const;
  };
  using Store = std::unique_ptr<X509_STORE, Free>;

  [[nodiscard]] Store Read() const;

  const std::string bundle_;
  support::Mutex mutex_;
  Store store_ ECSD_GUARDED_BY(mutex_);
  Clock::time_point read_ ECSD_GUARDED_BY(mutex_);
  bool doubted_ ECSD_GUARDED_BY(mutex_) = false;
};

}  // namespace ecsd::http
