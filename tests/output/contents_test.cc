#include "output/contents.h"

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "output/destination.h"
#include "output/posix.h"
#include "output/scratch.h"
#include "support/pieces.h"

namespace ecsd::output {
namespace {

// `bytes` in pieces of `size`.
support::Pieces Cut(std::string_view bytes, std::size_t size) {
  return [bytes, size](const support::TakePiece& take) {
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      if (!take(bytes.substr(at, size))) return false;
    }
    return true;
  };
}

// A file of 300,000 bytes, none like its neighbour: more than is read at once.
class ContentsTest : public ::testing::Test {
 protected:
  ContentsTest() {
    for (std::size_t i = 0; i < 300'000; ++i) bytes += static_cast<char>('a' + (i % 23));
    Put(path, bytes);
  }

  bool IsEqual(const support::Pieces& contents) {
    Posix posix;
    const auto destination = FindDestination(path);
    return destination && static_cast<bool>(OpenIfEqual(posix, *destination, contents));
  }

  Scratch scratch;
  std::string path = scratch / "a.yml";
  std::string bytes;
};

TEST_F(ContentsTest, AreEqualHoweverTheyAreCut) {
  EXPECT_TRUE(IsEqual(support::PiecesOf(bytes)));
  for (const std::size_t size : {1000UL, 65'535UL, 65'536UL, 65'537UL, 131'072UL, 299'999UL}) {
    EXPECT_TRUE(IsEqual(Cut(bytes, size))) << size;
  }
}

TEST_F(ContentsTest, DifferByOneByteWhereverItIs) {
  for (const std::size_t at : {0UL, 1UL, 65'535UL, 65'536UL, 131'071UL, 131'072UL, 299'999UL}) {
    std::string other = bytes;
    other[at] = '!';
    EXPECT_FALSE(IsEqual(support::PiecesOf(other))) << at;
    EXPECT_FALSE(IsEqual(Cut(other, 131'072))) << at;
  }
}

TEST_F(ContentsTest, DifferIfOneIsTheBeginningOfTheOther) {
  EXPECT_FALSE(IsEqual(Cut(bytes + "x", 131'072)));
  EXPECT_FALSE(IsEqual(Cut(bytes + bytes, 131'072)));
  EXPECT_FALSE(IsEqual(Cut(std::string_view(bytes).substr(0, bytes.size() - 1), 131'072)));
  EXPECT_FALSE(IsEqual(Cut(std::string_view(bytes).substr(0, 131'072), 131'072)));
  EXPECT_FALSE(IsEqual(support::PiecesOf("")));
}

TEST_F(ContentsTest, OfAnEmptyListAndOfAnEmptyFile) {
  Put(path, "[]\n");
  EXPECT_TRUE(IsEqual(support::PiecesOf("[]\n")));
  EXPECT_FALSE(IsEqual(support::PiecesOf("[]")));
  EXPECT_FALSE(IsEqual(support::PiecesOf("")));
  Put(path, "");
  EXPECT_TRUE(IsEqual(support::PiecesOf("")));
  EXPECT_FALSE(IsEqual(support::PiecesOf("[]\n")));
}

TEST_F(ContentsTest, DifferIfTheFileShrinksOrGrowsWhileItIsCompared) {
  for (const off_t size : {0, 150'000, 299'999, 300'001}) {
    Put(path, bytes);
    const support::Pieces changing = [&](const support::TakePiece& take) {
      const std::string_view all = bytes;
      const bool begun = take(all.substr(0, 100'000));
      EXPECT_TRUE(begun);
      EXPECT_EQ(::truncate(path.c_str(), size), 0);
      return begun && take(all.substr(100'000));
    };
    EXPECT_FALSE(IsEqual(changing)) << size;
  }
}

TEST_F(ContentsTest, AreAskedForUpToTheFirstDifference) {
  std::string other = bytes;
  other[0] = '!';
  int given = 0;
  const support::Pieces counted = [&](const support::TakePiece& take) {
    return Cut(other, 1000)([&](std::string_view piece) {
      ++given;
      return take(piece);
    });
  };
  EXPECT_FALSE(IsEqual(counted));
  EXPECT_EQ(given, 1);
}

TEST_F(ContentsTest, OfAFileThatIsNotThereAreEqualToNone) {
  path = scratch / "missing.yml";
  EXPECT_FALSE(IsEqual(support::PiecesOf("")));
}

}  // namespace
}  // namespace ecsd::output
