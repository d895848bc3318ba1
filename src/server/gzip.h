#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ecsd::server {

// `bytes` as one gzip member (RFC 1952). The same bytes give the same result. Nothing when zlib
// gets no memory.
[[nodiscard]] std::optional<std::string> Gzip(std::string_view bytes);

}  // namespace ecsd::server
