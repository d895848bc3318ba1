#pragma once

#include <string>
#include <string_view>

namespace ecsd::server {

// SHA-256 of `bytes` in base64, as a Content-Security-Policy writes the hash of a script.
[[nodiscard]] std::string Base64Digest(std::string_view bytes);

// SHA-256 of `bytes` as 32 bytes.
[[nodiscard]] std::string RawDigest(std::string_view bytes);

}  // namespace ecsd::server
