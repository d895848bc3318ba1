#include "server/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "support/pieces.h"

namespace ecsd::server {
namespace {

// zlib counts in unsigned int.
constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
constexpr int kGzipWindow = MAX_WBITS + 16;  // 16 asks for a gzip header, see deflateInit2
constexpr int kMemory = 8;                   // zlib's default
// Level 3 packs a list of targets nearly as well as the default level in half the time.
constexpr int kLevel = 3;
constexpr std::size_t kRoom = std::size_t{32} * 1024;

// Lets zlib read `bytes`, which are no more than kMost.
void SetInput(z_stream& stream, std::string_view bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): zlib does not write through next_in
  auto* const input = const_cast<char*>(bytes.data());
  stream.next_in = reinterpret_cast<Bytef*>(input);
  stream.avail_in = static_cast<uInt>(bytes.size());
}

// Appends what zlib makes of its input. False when it has no memory left.
bool Pack(z_stream& stream, int flush, std::string& packed) {
  std::array<char, kRoom> room;  // NOLINT(*-member-init): zlib writes before anybody reads
  int code = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    code = deflate(&stream, flush);
    packed.append(room.data(), room.size() - stream.avail_out);
  } while (code == Z_OK && stream.avail_out == 0);
  // Z_BUF_ERROR: there was nothing left to do.
  return code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END;
}

bool PackPiece(z_stream& stream, std::string_view piece, std::string& packed) {
  while (!piece.empty()) {
    const auto part = piece.substr(0, std::min(piece.size(), kMost));
    SetInput(stream, part);
    if (!Pack(stream, Z_NO_FLUSH, packed)) return false;
    piece.remove_prefix(part.size());
  }
  return true;
}

}  // namespace

std::optional<std::string> Gzip(const support::Pieces& pieces) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> owner(&stream, &deflateEnd);
  std::string packed;
  const bool good =
      pieces([&](std::string_view piece) { return PackPiece(stream, piece, packed); });
  if (!good || !Pack(stream, Z_FINISH, packed)) return std::nullopt;
  packed.shrink_to_fit();
  return packed;
}

std::optional<std::string> Gunzip(std::string_view packed, std::size_t size) {
  z_stream stream{};
  if (packed.size() > kMost || size > kMost) return std::nullopt;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return std::nullopt;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, &inflateEnd);
  std::string bytes;
  try {
    bytes.resize(size);
  } catch (const std::bad_alloc&) {
    return std::nullopt;  // it may be a hundred megabytes, and a client asks for them
  }
  SetInput(stream, packed);
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_out != 0) return std::nullopt;
  return bytes;
}

}  // namespace ecsd::server
