#include "sim/paging.h"

#include <fmt/core.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "sim/sigv4_verifier.h"

namespace ecsd::sim {
namespace {

constexpr int kHexadecimal = 16;
constexpr std::size_t kPositionDigits = 16;
constexpr std::size_t kSealDigits = 32;

// Not a secret: it only makes a token of one listing worthless in another.
std::string Seal(std::string_view binding, std::string_view position) {
  return HexHmacSha256("ecs-sim paging", fmt::format("{}\n{}", position, binding))
      .substr(0, kSealDigits);
}

}  // namespace

std::string MakeToken(std::string_view binding, PagePosition position) {
  const std::size_t packed = (position.index * 2) + (position.after_empty_page ? 1U : 0U);
  const std::string digits = fmt::format("{:016x}", packed);
  return Seal(binding, digits) + digits;
}

std::optional<PagePosition> ReadToken(std::string_view binding, std::string_view token) {
  if (token.size() != kSealDigits + kPositionDigits) return std::nullopt;
  const std::string_view digits = token.substr(kSealDigits);
  if (token.substr(0, kSealDigits) != Seal(binding, digits)) return std::nullopt;
  std::size_t packed = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), packed, kHexadecimal);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return PagePosition{.index = packed / 2, .after_empty_page = packed % 2 == 1};
}

}  // namespace ecsd::sim
