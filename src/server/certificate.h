#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/files.h"
#include "server/web_config.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"

namespace ecsd::server {

// A certificate with its chain, and its key, as GnuTLS takes them.
class KeyPair {
 public:
  // kConfig when they cannot be read or do not fit together.
  [[nodiscard]] static support::Result<std::shared_ptr<const KeyPair>> Read(
      const std::string& cert_file, const std::string& key_file);
  KeyPair() = default;
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair();

 private:
  friend class Certificate;
  gnutls_pcert_st* chain_ = nullptr;  // of size_, made by GnuTLS
  unsigned int size_ = 0;
  gnutls_privkey_t key_ = nullptr;
};

// The certificate that the server shows, and what it asks of clients. One thread looks at the files
// of certificate and key now and then; a changed pair is used from the next handshake on, and a
// pair that does not fit is logged while the old one stays. A handshake never waits for a file. Any
// thread may call all but Look.
class Certificate {
 public:
  // kConfig when certificate, key or client CA cannot be read or do not fit. `clock` and `log` must
  // outlive this object.
  [[nodiscard]] static support::Result<std::unique_ptr<Certificate>> Load(
      const TlsConfig& config, const support::Clock& clock, const telemetry::Log& log);

  // The PEM text of the CAs that may sign clients; empty: none.
  [[nodiscard]] const std::string& client_ca() const { return client_ca_; }

  // Protocol versions and key exchanges, in GnuTLS' words: the versions of the configuration, and
  // forward secrecy with each of them.
  [[nodiscard]] std::string priorities() const;

  // Makes this certificate answer the handshake of `session`, and asks the client for one. To be
  // called before the handshake.
  void Attach(gnutls_session_t session);

  // Reads certificate and key again if a file of them has changed since the last look. For one
  // thread only, which the files may hold up.
  void Look() ECSD_EXCLUDES(mutex_);

  // For sessions that were attached: a gnutls_certificate_retrieve_function2.
  static int Retrieve(gnutls_session_t session, const gnutls_datum_t* authorities, int count,
                      const gnutls_pk_algorithm_t* algorithms, int algorithm_count,
                      gnutls_pcert_st** chain, unsigned int* size, gnutls_privkey_t* key);

 private:
  using Pair = std::shared_ptr<const KeyPair>;

  Certificate(TlsConfig config, Pair pair, const support::Clock& clock, const telemetry::Log& log);
  [[nodiscard]] Pair Current() const ECSD_EXCLUDES(mutex_);
  void Use(Pair pair) ECSD_EXCLUDES(mutex_);

  const TlsConfig config_;
  std::string client_ca_;  // constant after Load
  const support::Clock& clock_;
  const telemetry::Log& log_;
  // Of the looking thread.
  std::pair<std::optional<FileStamp>, std::optional<FileStamp>> stamps_;
  bool reread_ = false;  // at least once
  mutable support::Mutex mutex_;
  Pair current_ ECSD_GUARDED_BY(mutex_);
  // A handshake that is going on may still use a pair that was replaced.
  std::deque<std::pair<support::SteadyTime, Pair>> retired_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::server
