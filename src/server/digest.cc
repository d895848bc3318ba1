#include "server/digest.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ecsd::server {
namespace {

constexpr std::size_t kDigestSize = 32;
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t ByteAt(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

}  // namespace

std::string RawDigest(std::string_view bytes) {
  std::string digest(kDigestSize, '\0');
  // Fails only where SHA-256 is not built in.
  gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data(), bytes.size(), digest.data());
  return digest;
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        ByteAt(bytes, i) << 16U | ByteAt(bytes, i + 1) << 8U | ByteAt(bytes, i + 2);
    text += kBase64[group >> 18U];
    text += kBase64[group >> 12U & 63U];
    text += i + 1 < bytes.size() ? kBase64[group >> 6U & 63U] : '=';
    text += i + 2 < bytes.size() ? kBase64[group & 63U] : '=';
  }
  return text;
}

std::string Base64Digest(std::string_view bytes) {
  return EncodeBase64(RawDigest(bytes));
}

}  // namespace ecsd::server
