#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/random_account.h"
#include "core/render.h"
#include "core/target.h"

// The file in pieces is the file as a whole.
namespace ecsd::core {
namespace {

std::vector<Target> RandomTargets(Dice& dice, std::size_t count) {
  std::vector<Target> targets(count);
  for (Target& target : targets) {
    target.address = "10.0.0.1:" + std::to_string(dice.Below(65'536));
    for (const auto label : kClassicLabels) {
      if (dice.Percent(20)) continue;
      std::string value;
      const std::size_t length = dice.Percent(1) ? dice.Below(100'000) : dice.Below(100);
      for (std::size_t i = 0; i < length; ++i) value += static_cast<char>(dice.Below(0x80));
      target.labels.Add(label, value);
    }
  }
  return targets;
}

std::vector<std::string> InPieces(const std::vector<Target>& targets, Layout layout) {
  std::vector<std::string> pieces;
  Rendering rendering(layout, [&pieces](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  });
  for (const Target& target : targets) EXPECT_TRUE(rendering.Add(target));
  EXPECT_TRUE(rendering.Finish());
  return pieces;
}

std::string Joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  return all;
}

TEST(RenderPiecesTest, AreTheBytesOfTheWholeForRandomTargets) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Dice dice(seed);
    const auto targets = RandomTargets(dice, dice.Below(300));
    SCOPED_TRACE(seed);
    EXPECT_TRUE(Joined(InPieces(targets, Layout::kYaml)) == RenderYaml(targets));
    EXPECT_TRUE(Joined(InPieces(targets, Layout::kJson)) == RenderJson(targets));
  }
}

TEST(RenderPiecesTest, OfNoTargetsAreOneEmptyList) {
  EXPECT_EQ(InPieces({}, Layout::kYaml), std::vector<std::string>{"[]\n"});
  EXPECT_EQ(InPieces({}, Layout::kJson), std::vector<std::string>{"[]\n"});
}

TEST(RenderPiecesTest, AreLargeButTheLastAndNoneIsEmpty) {
  Dice dice(7);
  for (const auto layout : {Layout::kYaml, Layout::kJson}) {
    const auto pieces = InPieces(RandomTargets(dice, 100), layout);
    ASSERT_GT(pieces.size(), 3U);
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      EXPECT_GE(pieces[i].size(), Rendering::kPiece);
    }
    EXPECT_FALSE(pieces.back().empty());
  }
}

TEST(RenderPiecesTest, EndWhenNoMoreAreWanted) {
  for (const auto layout : {Layout::kYaml, Layout::kJson}) {
    int given = 0;
    Rendering rendering(layout, [&given](std::string_view) { return ++given < 2; });
    Target large;
    large.address = "10.0.0.1:9102";
    large.labels.Set("job", std::string(Rendering::kPiece, 'x'));
    EXPECT_TRUE(rendering.Add(large));
    EXPECT_FALSE(rendering.Add(large));
    EXPECT_FALSE(rendering.Add(large));
    EXPECT_FALSE(rendering.Finish());
    EXPECT_EQ(given, 2);
  }
}

}  // namespace
}  // namespace ecsd::core
