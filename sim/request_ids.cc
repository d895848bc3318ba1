#include "sim/request_ids.h"

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <string>

namespace ecsd::sim {
namespace {

// splitmix64: spreads consecutive numbers over all 64 bits.
std::uint64_t Scatter(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

}  // namespace

std::string NextRequestId() {
  static std::atomic<std::uint64_t> last{0};
  const std::uint64_t number = last.fetch_add(1);
  const std::uint64_t high = Scatter(number);
  const std::uint64_t low = Scatter(~number);
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, low >> 52U, low & 0xffffffffffffU);
}

}  // namespace ecsd::sim
