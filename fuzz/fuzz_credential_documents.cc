// The JSON documents of credentials: what is taken is whole, and a refusal is one line without it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/credential_documents.h"
#include "aws/credentials.h"
#include "fuzz/properties.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

template <typename T>
void CheckRefusal(const support::Result<T>& decoded) {
  if (!decoded) CheckMessage(decoded.error().message);
}

void CheckKeys(const std::string& text,
               support::Result<aws::Credentials> (*decode)(const std::string& text)) {
  const auto credentials = decode(text);
  const auto again = decode(text);
  Require(credentials.has_value() == again.has_value() && (!credentials || *credentials == *again),
          "decoding is repeatable");
  CheckRefusal(credentials);
  if (!credentials) return;
  Require(!credentials->access_key_id.empty(), "keys have an id");
  Require(!credentials->secret_access_key.empty(), "keys have a secret");
}

void CheckDocument(const std::string& text) {
  CheckKeys(text, aws::DecodeContainerCredentials);
  CheckKeys(text, aws::DecodeInstanceCredentials);
  CheckKeys(text, aws::DecodeProcessCredentials);
  CheckKeys(text, aws::DecodeSsoCredentials);
  const auto login = aws::DecodeSsoToken(text);
  CheckRefusal(login);
  Require(!login || !login->access_token.empty(), "a login has a token");
  static_cast<void>(aws::DecodeDocumentError(text));
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckDocument({reinterpret_cast<const char*>(data), size});
  return 0;
}
