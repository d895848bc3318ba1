#include "server/certificate.h"

#include <fmt/core.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/files.h"
#include "server/web_config.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::server {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr unsigned int kLongestChain = 16;

// GnuTLS reads but never writes what a datum points to.
gnutls_datum_t DatumOf(std::string& text) {
  return {.data = reinterpret_cast<unsigned char*>(text.data()),
          .size = static_cast<unsigned int>(text.size())};
}

Result<void> Check(int code, const std::string& what) {
  if (code >= 0) return {};
  return Fail(ErrorKind::kConfig, fmt::format("{}: {}", what, gnutls_strerror(code)));
}

// GnuTLS compares the two only when they are put into credentials.
Result<void> CheckFit(const gnutls_datum_t& cert, const gnutls_datum_t& key,
                      const std::string& what) {
  gnutls_certificate_credentials_t credentials = nullptr;
  gnutls_certificate_allocate_credentials(&credentials);
  const int code = gnutls_certificate_set_x509_key_mem2(credentials, &cert, &key,
                                                        GNUTLS_X509_FMT_PEM, nullptr, 0);
  gnutls_certificate_free_credentials(credentials);
  return Check(code, what);
}

std::string_view NameOf(TlsVersion version) {
  constexpr std::array<std::string_view, 4> kNames = {"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  return kNames.at(static_cast<std::size_t>(version));
}

// Whether the client's certificate was signed by one of the CAs, for this purpose, and is not out
// of date. 0 goes on with the handshake.
int VerifyClient(gnutls_session_t session) {
  unsigned int count = 0;
  // Without one: whether it may be missing was said by Attach.
  if (gnutls_certificate_get_peers(session, &count) == nullptr) return 0;
  std::string purpose = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st data{.type = GNUTLS_DT_KEY_PURPOSE_OID,
                             .data = reinterpret_cast<unsigned char*>(purpose.data()),
                             .size = 0};
  unsigned int status = 0;
  const int code = gnutls_certificate_verify_peers(session, &data, 1, &status);
  return code < 0 || status != 0 ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

}  // namespace

KeyPair::~KeyPair() {
  for (unsigned int i = 0; i < size_; ++i) gnutls_pcert_deinit(&chain_[i]);
  gnutls_free(chain_);
  if (key_ != nullptr) gnutls_privkey_deinit(key_);
}

Result<std::shared_ptr<const KeyPair>> KeyPair::Read(const std::string& cert_file,
                                                     const std::string& key_file) {
  auto cert_text = ReadFile(cert_file, kLargestFile);
  if (!cert_text) return tl::unexpected(std::move(cert_text).error());
  auto key_text = ReadFile(key_file, kLargestFile);
  if (!key_text) return tl::unexpected(std::move(key_text).error());
  const auto cert = DatumOf(*cert_text);
  const auto key = DatumOf(*key_text);
  const auto what = fmt::format("certificate {} with key {}", cert_file, key_file);
  if (auto fits = CheckFit(cert, key, what); !fits) return tl::unexpected(std::move(fits).error());

  auto pair = std::make_shared<KeyPair>();
  pair->chain_ =
      static_cast<gnutls_pcert_st*>(gnutls_calloc(kLongestChain, sizeof(gnutls_pcert_st)));
  unsigned int size = kLongestChain;
  int code = gnutls_pcert_list_import_x509_raw(pair->chain_, &size, &cert, GNUTLS_X509_FMT_PEM, 0);
  if (code >= 0) {
    pair->size_ = size;
    code = gnutls_privkey_init(&pair->key_);
  }
  if (code >= 0) {
    code = gnutls_privkey_import_x509_raw(pair->key_, &key, GNUTLS_X509_FMT_PEM, nullptr, 0);
  }
  if (auto read = Check(code, what); !read) return tl::unexpected(std::move(read).error());
  return pair;
}

Certificate::Certificate(TlsConfig config, Pair pair, const support::Clock& clock,
                         const telemetry::Log& log)
    : config_(std::move(config)), clock_(clock), log_(log), current_(std::move(pair)) {}

Result<std::unique_ptr<Certificate>> Certificate::Load(const TlsConfig& config,
                                                       const support::Clock& clock,
                                                       const telemetry::Log& log) {
  auto pair = KeyPair::Read(config.cert_file, config.key_file);
  if (!pair) return tl::unexpected(std::move(pair).error());
  std::unique_ptr<Certificate> certificate(new Certificate(config, *std::move(pair), clock, log));
  if (config.client_ca_file.empty()) return certificate;
  auto ca = ReadFile(config.client_ca_file, kLargestFile);
  if (!ca) return tl::unexpected(std::move(ca).error());
  const auto datum = DatumOf(*ca);
  gnutls_x509_crt_t* list = nullptr;
  unsigned int count = 0;
  const int code = gnutls_x509_crt_list_import2(&list, &count, &datum, GNUTLS_X509_FMT_PEM, 0);
  if (auto read = Check(code, "client CA " + config.client_ca_file); !read) {
    return tl::unexpected(std::move(read).error());
  }
  for (unsigned int i = 0; i < count; ++i) gnutls_x509_crt_deinit(list[i]);
  gnutls_free(static_cast<void*>(list));
  certificate->client_ca_ = *std::move(ca);
  return certificate;
}

std::string Certificate::priorities() const {
  // A stolen key must not open what was recorded before: no key exchange by RSA alone.
  std::string text = "NORMAL:-RSA:-VERS-ALL";
  for (auto version = config_.min_version; version <= config_.max_version;
       version = static_cast<TlsVersion>(static_cast<int>(version) + 1)) {
    text += fmt::format(":+VERS-{}", NameOf(version));
  }
  return text;
}

void Certificate::Attach(gnutls_session_t session) {
  gnutls_session_set_ptr(session, this);
  switch (config_.client_auth) {
    case ClientAuth::kNone:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
      return;
    case ClientAuth::kRequest:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
      return;
    case ClientAuth::kRequireAny:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
      return;
    case ClientAuth::kVerifyIfGiven:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
      break;
    case ClientAuth::kRequireVerified:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
      break;
  }
  gnutls_session_set_verify_function(session, &VerifyClient);
}

// NOLINTNEXTLINE(readability-function-size): the signature is GnuTLS'
int Certificate::Retrieve(gnutls_session_t session, const gnutls_datum_t* /*authorities*/,
                          int /*count*/, const gnutls_pk_algorithm_t* /*algorithms*/,
                          int /*algorithm_count*/, gnutls_pcert_st** chain, unsigned int* size,
                          gnutls_privkey_t* key) {
  const auto pair = static_cast<Certificate*>(gnutls_session_get_ptr(session))->Current();
  *chain = pair->chain_;
  *size = pair->size_;
  *key = pair->key_;
  return 0;
}

Certificate::Pair Certificate::Current() const {
  const support::MutexLock lock(mutex_);
  return current_;
}

void Certificate::Look() {
  const std::pair stamps(StampOf(config_.cert_file), StampOf(config_.key_file));
  if (stamps == stamps_) return;
  // The files may have changed since Load read them.
  const bool first = !std::exchange(reread_, true);
  stamps_ = stamps;
  auto pair = KeyPair::Read(config_.cert_file, config_.key_file);
  if (!pair) {
    log_.Error("the changed certificate is not good; the one before it stays",
               {{"error", pair.error().message}});
    return;
  }
  if (!first) log_.Info("using the changed certificate", {{"file", config_.cert_file}});
  Use(*std::move(pair));
}

void Certificate::Use(Pair pair) {
  constexpr std::chrono::minutes kLongestHandshake{10};
  const auto now = clock_.Steady();
  const support::MutexLock lock(mutex_);
  while (!retired_.empty() && retired_.front().first + kLongestHandshake < now) {
    retired_.pop_front();
  }
  retired_.emplace_back(now, std::exchange(current_, std::move(pair)));
}

}  // namespace ecsd::server
