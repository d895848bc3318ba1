#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ecsd::server {

// Base64 with padding (RFC 4648, section 4). Pure.
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);

// What EncodeBase64 made `text` from; nothing for another text, also one without its padding.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace ecsd::server
