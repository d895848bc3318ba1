#include "state/seal.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

namespace ecsd::state {
namespace {

TEST(SealTest, GivesBackWhatItSealed) {
  for (const auto& bytes : {std::string(), std::string("a\0\xFF", 3)}) {
    EXPECT_EQ(Unseal(1, "key", Seal(1, "key", bytes)), bytes);
  }
}

TEST(SealTest, SeesEveryFlippedBitAndEveryOtherPlace) {
  const auto sealed = Seal(1, "key", "10.0.0.1:9102");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(Unseal(1, "key", flipped), std::nullopt) << bit;
  }
  EXPECT_EQ(Unseal(2, "key", sealed), std::nullopt);
  EXPECT_EQ(Unseal(1, "kez", sealed), std::nullopt);
  EXPECT_EQ(Unseal(1, "key", "short"), std::nullopt);
}

}  // namespace
}  // namespace ecsd::state
