#pragma once

#include <gnutls/crypto.h>

#include <string>
#include <string_view>

namespace ecsd::server {

// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void Add(std::string_view piece);

  // Of all pieces since the start, or since the last call: the first 128 bits as lower-case
  // hexadecimal digits, for entity tags.
  [[nodiscard]] std::string FinishAsHex();

 private:
  gnutls_hash_hd_t hash_ = nullptr;
};

// SHA-256 of `bytes` in base64, as a Content-Security-Policy writes the hash of a script.
[[nodiscard]] std::string Base64Digest(std::string_view bytes);

// SHA-256 of `bytes` as 32 bytes.
[[nodiscard]] std::string RawDigest(std::string_view bytes);

// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);

}  // namespace ecsd::server
