#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ecsd::sim {

// A reproducible stream of numbers, the same on every machine (std::uniform_int_distribution is
// not).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    // splitmix64
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }

  // 0 .. bound-1. Requires: bound > 0.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

  // `digits` hexadecimal digits.
  std::string Hex(std::size_t digits) {
    std::string out;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (i % 16 == 0) bits = Next();
      out += "0123456789abcdef"[bits & 0xfU];
      bits >>= 4U;
    }
    return out;
  }

  // In the form of a UUID.
  std::string Uuid() { return Hex(8) + "-" + Hex(4) + "-" + Hex(4) + "-" + Hex(4) + "-" + Hex(12); }

 private:
  std::uint64_t state_;
};

}  // namespace ecsd::sim
