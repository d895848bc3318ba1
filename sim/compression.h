#pragma once

#include <string>
#include <string_view>

namespace ecsd::sim {

// Whether a request with this Accept-Encoding takes gzip.
[[nodiscard]] bool AcceptsGzip(std::string_view accept_encoding);

// `text` as a gzip file, compressed as fast as can be.
[[nodiscard]] std::string Gzip(std::string_view text);

}  // namespace ecsd::sim
