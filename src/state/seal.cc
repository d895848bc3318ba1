#include "state/seal.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::state {
namespace {

constexpr std::size_t kSize = 8;

// FNV-1a of 64 bits (RFC 9923), which is enough against accidents.
std::uint64_t Add(std::uint64_t hash, std::string_view bytes) {
  for (const char each : bytes) {
    hash ^= static_cast<unsigned char>(each);
    hash *= 0x100000001b3U;
  }
  return hash;
}

std::string Checksum(std::uint8_t kind, std::string_view key, std::string_view bytes) {
  std::uint64_t hash = Add(0xcbf29ce484222325U, std::string(1, static_cast<char>(kind)));
  hash = Add(Add(hash, key), bytes);
  std::string text;
  for (std::size_t i = 0; i < kSize; ++i, hash >>= 8U) text += static_cast<char>(hash & 0xFFU);
  return text;
}

}  // namespace

std::string Seal(std::uint8_t kind, std::string_view key, std::string_view bytes) {
  auto sealed = Checksum(kind, key, bytes);
  sealed += bytes;
  return sealed;
}

std::optional<std::string_view> Unseal(std::uint8_t kind, std::string_view key,
                                       std::string_view sealed) {
  if (sealed.size() < kSize) return std::nullopt;
  const auto bytes = sealed.substr(kSize);
  if (sealed.substr(0, kSize) != Checksum(kind, key, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace ecsd::state
