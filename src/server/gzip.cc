#include "server/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::server {
namespace {

// zlib counts in unsigned int.
constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
constexpr int kGzipWindow = MAX_WBITS + 16;  // 16 asks for a gzip header, see deflateInit2
constexpr int kMemory = 8;                   // zlib's default
// Level 3 packs a list of targets nearly as well as the default level in half the time.
constexpr int kLevel = 3;

}  // namespace

std::optional<std::string> Gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> owner(&stream, &deflateEnd);
  if (bytes.size() > kMost) return std::nullopt;
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  if (packed.size() > kMost) return std::nullopt;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): zlib does not write through next_in
  auto* const input = const_cast<char*>(bytes.data());
  stream.next_in = reinterpret_cast<Bytef*>(input);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return std::nullopt;
  packed.resize(stream.total_out);
  packed.shrink_to_fit();
  return packed;
}

}  // namespace ecsd::server
