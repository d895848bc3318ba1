#include "server/digest.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "server/base64.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kDigestSize = 32;

}  // namespace

std::string RawDigest(std::string_view bytes) {
  std::string digest(kDigestSize, '\0');
  // Fails only where SHA-256 is not built in.
  gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data(), bytes.size(), digest.data());
  return digest;
}

std::string Base64Digest(std::string_view bytes) {
  return EncodeBase64(RawDigest(bytes));
}

}  // namespace ecsd::server
