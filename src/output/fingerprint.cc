#include "output/fingerprint.h"

#include <openssl/evp.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "support/pieces.h"

namespace ecsd::output {

Fingerprint::Fingerprint()
    : context_(EVP_MD_CTX_new()),
      good_(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1) {}

void Fingerprint::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

void Fingerprint::Add(std::string_view piece) {
  good_ = good_ && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
}

std::optional<std::string> Fingerprint::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  good_ = good_ && EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1;
  if (!good_) return std::nullopt;
  return std::string(digest.begin(), digest.begin() + size);
}

std::optional<std::string> FingerprintOf(const support::Pieces& contents) {
  Fingerprint fingerprint;
  contents([&fingerprint](std::string_view piece) {
    fingerprint.Add(piece);
    return true;
  });
  return fingerprint.Finish();
}

}  // namespace ecsd::output
