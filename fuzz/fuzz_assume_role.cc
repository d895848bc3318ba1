// STS AssumeRole and GetCallerIdentity: keys are whole or not there, and no error quotes them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/sts_codec.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

void CheckKeys(const std::string& body) {
  const auto keys = aws::DecodeAssumeRole(body);
  const auto again = aws::DecodeAssumeRole(body);
  Require(keys.has_value() == again.has_value() && (!keys || *keys == *again),
          "decoding is repeatable");
  if (!keys) {
    CheckMessage(keys.error().message);
    return;
  }
  Require(!keys->access_key_id.empty() && !keys->secret_access_key.empty() &&
              !keys->session_token.empty() && keys->expires.has_value(),
          "keys of a role are whole");
}

void CheckIdentity(const std::string& body) {
  const auto arn = aws::DecodeGetCallerIdentity(body);
  if (arn) {
    Require(!arn->empty(), "an identity is not empty");
  } else {
    CheckMessage(arn.error().message);
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  ecsd::fuzz::CheckKeys(body);
  ecsd::fuzz::CheckIdentity(body);
  return 0;
}
