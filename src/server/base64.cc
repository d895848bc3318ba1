#include "server/base64.h"

#include <gnutls/gnutls.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::server {
namespace {

// What GnuTLS has put into `datum`, which it allocated.
std::string Taken(const gnutls_datum_t& datum) {
  const std::unique_ptr<unsigned char, void (*)(void*)> owner(datum.data, gnutls_free);
  return datum.size == 0 ? std::string()
                         : std::string(reinterpret_cast<const char*>(datum.data), datum.size);
}

// `text` as GnuTLS takes it, which only reads it.
gnutls_datum_t DatumOf(std::string_view text) {
  auto* const bytes = const_cast<char*>(text.data());  // NOLINT(*-const-cast): a C interface
  return {.data = reinterpret_cast<unsigned char*>(bytes),
          .size = static_cast<unsigned int>(text.size())};
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  const auto input = DatumOf(bytes);
  gnutls_datum_t output{};
  if (gnutls_base64_encode2(&input, &output) != GNUTLS_E_SUCCESS) return {};
  return Taken(output);
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  const auto input = DatumOf(text);
  gnutls_datum_t output{};
  if (gnutls_base64_decode2(&input, &output) != GNUTLS_E_SUCCESS) return std::nullopt;
  auto bytes = Taken(output);
  if (EncodeBase64(bytes) != text) return std::nullopt;  // white space, or bits beyond the end
  return bytes;
}

}  // namespace ecsd::server
