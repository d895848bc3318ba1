#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/pieces.h"

namespace ecsd::server {

// `pieces` as one gzip member (RFC 1952). The same pieces give the same result. Nothing when
// zlib gets no memory.
[[nodiscard]] std::optional<std::string> Gzip(const support::Pieces& pieces);

// The `size` bytes that Gzip packed. Nothing when it was other bytes, or there is no
// memory for them.
[[nodiscard]] std::optional<std::string> Gunzip(std::string_view packed, std::size_t size);

}  // namespace ecsd::server
