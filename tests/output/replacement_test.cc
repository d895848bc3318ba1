#include "output/replacement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output/destination.h"
#include "output/posix.h"
#include "output/scratch.h"
#include "support/pieces.h"

// A file that is written in pieces.
namespace ecsd::output {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kPieces = 5;

std::string PieceNumber(std::size_t number) {
  return std::string(10'000, static_cast<char>('a' + number));
}

support::Pieces FivePieces(std::size_t& given) {
  return [&given](const support::TakePiece& take) {
    for (std::size_t i = 0; i < kPieces; ++i) {
      ++given;
      if (!take(PieceNumber(i))) return false;
    }
    return true;
  };
}

std::string AllFive() {
  std::size_t given = 0;
  return support::Whole(FivePieces(given));
}

// A file system that takes no more than some bytes at once.
class ShortWrites final : public Posix {
 public:
  ssize_t Write(int fd, const char* bytes, std::size_t size) override {
    return Posix::Write(fd, bytes, std::min(size, kMost));
  }

 private:
  static constexpr std::size_t kMost = 777;
};

// A file system where nobody may give a file to another user. Notes what was asked for.
class OwnersOnly final : public Posix {
 public:
  int ChangeOwner(int /*fd*/, uid_t user, gid_t group) override {
    asked.emplace_back(user, group);
    if (user == kSameUser) return 0;
    errno = EPERM;
    return -1;
  }

  static constexpr auto kSameUser = static_cast<uid_t>(-1);
  std::vector<std::pair<uid_t, gid_t>> asked;
};

class ReplacementTest : public ::testing::Test {
 protected:
  ReplacementTest() { Put(path, "old contents\n"); }

  // The name of what happened to the file.
  std::string Replace(Posix& posix) {
    const auto destination = FindDestination(path);
    if (!destination) return destination.error().message;
    const auto replaced = ReplaceFile(posix, *destination, FivePieces(given));
    if (replaced) return "replaced";
    return (replaced.error().refused ? "refused " : "failed ") +
           std::to_string(replaced.error().failure.code);
  }

  Scratch scratch;
  std::string path = scratch / "a.yml";
  std::size_t given = 0;
};

TEST_F(ReplacementTest, WritesEveryPieceInOnePass) {
  Calls calls;
  EXPECT_EQ(Replace(*Faulty(calls)), "replaced");
  EXPECT_EQ(given, kPieces);
  EXPECT_EQ(std::ranges::count(calls.made, "write"), kPieces);
  EXPECT_EQ(Get(path), AllFive());
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
}

TEST_F(ReplacementTest, LeavesTheOldFileAndNothingElseWhicheverPieceFails) {
  for (std::size_t failing = 1; failing <= kPieces; ++failing) {
    Calls calls;
    std::size_t writes = 0;
    calls.fault = [&](const std::string& call) {
      return call == "write" && ++writes == failing ? ENOSPC : 0;
    };
    given = 0;
    EXPECT_EQ(Replace(*Faulty(calls)), "failed " + std::to_string(ENOSPC)) << failing;
    EXPECT_EQ(given, failing);
    EXPECT_EQ(Get(path), "old contents\n");
    EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
  }
}

TEST_F(ReplacementTest, GoesOnAfterShortWrites) {
  ShortWrites posix;
  EXPECT_EQ(Replace(posix), "replaced");
  EXPECT_EQ(Get(path), AllFive());
}

// Else a reader that is in the group would lose the file.
TEST_F(ReplacementTest, KeepsTheGroupWhereItCannotKeepTheOwner) {
  OwnersOnly posix;
  auto destination = FindDestination(path).value();
  for (const gid_t more : {1U, 0U}) {
    posix.asked.clear();
    destination.user += 1;
    destination.group += more;
    const auto replaced = ReplaceFile(posix, destination, FivePieces(given));
    ASSERT_TRUE(replaced.has_value());
    EXPECT_TRUE(replaced->owner_lost);
    EXPECT_THAT(posix.asked, ElementsAre(std::pair(destination.user, destination.group),
                                         std::pair(OwnersOnly::kSameUser, destination.group)));
  }
}

TEST_F(ReplacementTest, GoesOnAfterAnInterruptedPiece) {
  Calls calls;
  std::size_t writes = 0;
  calls.fault = [&](const std::string& call) {
    return call == "write" && ++writes == 3 ? EINTR : 0;
  };
  EXPECT_EQ(Replace(*Faulty(calls)), "replaced");
  EXPECT_EQ(writes, kPieces + 1);
  EXPECT_EQ(Get(path), AllFive());
}

}  // namespace
}  // namespace ecsd::output
