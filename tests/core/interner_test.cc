#include "core/interner.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace ecsd::core {
namespace {

using Texts = Interner<std::string>;

constexpr std::size_t kFew = 1024;  // below so many nothing is swept

TEST(InternerTest, EqualValuesAreOne) {
  Texts texts;
  const auto first = texts.Intern("web");
  EXPECT_EQ(texts.Intern("web"), first);
  EXPECT_NE(texts.Intern("db"), first);
  EXPECT_EQ(*first, "web");
  EXPECT_EQ(texts.size(), 2U);
}

TEST(InternerTest, LetsGoOfWhatNobodyHolds) {
  Texts texts;
  const auto held = texts.Intern("held");
  for (std::size_t i = 0; i < kFew; ++i) static_cast<void>(texts.Intern(std::to_string(i)));
  texts.Sweep();
  EXPECT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts.Intern("held"), held);
}

TEST(InternerTest, KeepsAllThatIsHeld) {
  Texts texts;
  std::vector<Texts::Pointer> held;
  for (std::size_t i = 0; i < 2 * kFew; ++i) held.push_back(texts.Intern(std::to_string(i)));
  texts.Sweep();
  EXPECT_EQ(texts.size(), held.size());
}

}  // namespace
}  // namespace ecsd::core
