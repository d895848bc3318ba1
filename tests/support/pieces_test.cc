#include "support/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ecsd::support {
namespace {

using ::testing::ElementsAre;

// "ab", "c", "def", and how often they were asked for.
Pieces Letters(int& passes) {
  return [&passes](const TakePiece& take) {
    ++passes;
    return take("ab") && take("c") && take("def");
  };
}

TEST(PiecesTest, AreTheSameInEveryPass) {
  int passes = 0;
  const Pieces letters = Letters(passes);
  EXPECT_EQ(SizeOf(letters), 6U);
  EXPECT_EQ(SizeOf(letters), 6U);
  EXPECT_EQ(passes, 2);
}

TEST(PiecesTest, AreMadeAWholeInAsMuchMemoryAsItNeeds) {
  int passes = 0;
  EXPECT_EQ(Whole(Letters(passes)), "abcdef");
  EXPECT_EQ(passes, 2);
  EXPECT_EQ(Whole(PiecesOf("")), "");
  const std::string large(100'000, 'x');
  EXPECT_EQ(Whole(PiecesOf(large)).capacity(), large.size());
}

TEST(PiecesTest, AreAppendedInOrder) {
  int passes = 0;
  std::string text = "> ";
  EXPECT_TRUE(Letters(passes)(AppendTo(text)));
  EXPECT_EQ(text, "> abcdef");
}

TEST(PiecesTest, OfBytesAtHandAreOnePieceOrNone) {
  std::vector<std::string> taken;
  const TakePiece take = [&taken](std::string_view piece) {
    taken.emplace_back(piece);
    return true;
  };
  EXPECT_TRUE(PiecesOf("whole")(take));
  EXPECT_TRUE(PiecesOf("")(take));
  EXPECT_THAT(taken, ElementsAre("whole"));
}

TEST(PiecesTest, TellThatNotAllWasTaken) {
  int passes = 0;
  std::string taken;
  const TakePiece take_two = [&taken](std::string_view piece) {
    taken += piece;
    return taken.size() < 3;
  };
  EXPECT_FALSE(Letters(passes)(take_two));
  EXPECT_EQ(taken, "abc");
  EXPECT_FALSE(PiecesOf("whole")([](std::string_view) { return false; }));
}

}  // namespace
}  // namespace ecsd::support
