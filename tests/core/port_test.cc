#include "core/port.h"

#include <gtest/gtest.h>

#include <optional>

namespace ecsd::core {
namespace {

TEST(ParsePortTest, TakesTrimmedDecimalWithAnOptionalPlus) {
  EXPECT_EQ(ParsePort("9090"), 9090);
  EXPECT_EQ(ParsePort(" \t+9090\n"), 9090);
  EXPECT_EQ(ParsePort("03002"), 3002);
  EXPECT_EQ(ParsePort("1"), 1);
  EXPECT_EQ(ParsePort("65535"), 65535);
}

TEST(ParsePortTest, RefusesWhatIsNoPort) {
  for (const auto* text : {"", " ", "0", "-1", "+-1", "++1", "+ 1", "65536", "1e3", "0x50", "80.0",
                           "80 81", "http", "99999999999999999999", "1_0"}) {
    EXPECT_EQ(ParsePort(text), std::nullopt) << text;
  }
}

TEST(ParsePortRangeTest, TakesTwoPortsInOrder) {
  EXPECT_EQ(ParsePortRange("8000-8099"), (PortRange{8000, 8099}));
  EXPECT_EQ(ParsePortRange("80-80"), (PortRange{80, 80}));
  for (const auto* text :
       {"", "80", "-", "80-", "-80", "81-80", "0-10", "1-65536", "1-2-3", "a-b"}) {
    EXPECT_EQ(ParsePortRange(text), std::nullopt) << text;
  }
}

TEST(SinglePortTest, LeavesOutZeroAndWhatIsTooLarge) {
  EXPECT_EQ(SinglePort(8080), (PortRange{8080, 8080}));
  EXPECT_EQ(SinglePort(0), std::nullopt);
  EXPECT_EQ(SinglePort(-1), std::nullopt);
  EXPECT_EQ(SinglePort(65536), std::nullopt);
}

}  // namespace
}  // namespace ecsd::core
