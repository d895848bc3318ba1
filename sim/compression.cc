#include "sim/compression.h"

#define ZLIB_CONST
#include <zlib.h>

#include <string>
#include <string_view>

#include "sim/http_request.h"

namespace ecsd::sim {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's largest window, in gzip's frame
constexpr int kMemoryLevel = 8;

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  return ToLower(accept_encoding).find("gzip") != std::string::npos;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace ecsd::sim
