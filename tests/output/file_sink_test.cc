#include "output/file_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "output/scratch.h"
#include "support/pieces.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A sink on `name` in a directory of its own, and what it warned of.
class FileSinkTest : public ::testing::Test {
 protected:
  FileSink SinkOn(const std::string& path) {
    return {path, [this](std::string message) { warnings.push_back(std::move(message)); }};
  }

  Scratch scratch;
  std::vector<std::string> warnings;
};

void MakeOld(const std::string& path) {
  const std::array<timespec, 2> times = {
      {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 1000, .tv_nsec = 0}}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0);
}

TEST_F(FileSinkTest, GivesANewFileMode0644LessTheUmask) {
  const mode_t before = ::umask(0);
  EXPECT_EQ(Words(SinkOn(scratch / "open.yml").Write("[]\n")), "replaced");
  ::umask(0027);
  EXPECT_EQ(Words(SinkOn(scratch / "closed.yml").Write("[]\n")), "replaced");
  ::umask(before);

  EXPECT_EQ(About(scratch / "open.yml").st_mode & 07777U, 0644U);
  EXPECT_EQ(About(scratch / "closed.yml").st_mode & 07777U, 0640U);
  EXPECT_EQ(Get(scratch / "open.yml"), "[]\n");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("closed.yml", "open.yml"));
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(FileSinkTest, ReplacesAFileAndKeepsItsMode) {
  const std::string path = scratch / "a.yml";
  Put(path, "old contents\n", 0664);
  const auto before = About(path);
  auto sink = SinkOn(path);

  EXPECT_EQ(Words(sink.Write("new\n")), "replaced");

  EXPECT_EQ(Get(path), "new\n");
  EXPECT_EQ(About(path).st_mode, before.st_mode);
  EXPECT_NE(About(path).st_ino, before.st_ino);
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
  EXPECT_THAT(warnings, IsEmpty());
}

// Two processes on one file take each other's targets away, and each says that all is well.
TEST_F(FileSinkTest, WarnsOncePerEpisodeOfAnotherWriter) {
  const std::string path = scratch / "a.yml";
  auto sink = SinkOn(path);
  auto other = SinkOn(path);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
    EXPECT_EQ(Words(other.Write("of the other\n")), "replaced");
  }
  EXPECT_THAT(warnings, Each(HasSubstr("something else has written it")));
  EXPECT_THAT(warnings, SizeIs(2));  // one of each sink
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  for (int round = 0; round < 20; ++round) EXPECT_TRUE(sink.TouchIfStillOurs());
  EXPECT_EQ(Words(other.Write("of the other\n")), "replaced");
  EXPECT_FALSE(sink.TouchIfStillOurs());
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  EXPECT_THAT(warnings, SizeIs(3));
}

TEST_F(FileSinkTest, SeesThatItsFileWasChangedReplacedTouchedOrRemoved) {
  const std::string path = scratch / "a.yml";
  auto sink = SinkOn(path);
  EXPECT_FALSE(sink.IsDisturbed());
  const auto write = [&] { ASSERT_TRUE(sink.Write("ours\n").has_value()); };
  write();
  EXPECT_FALSE(sink.IsDisturbed());
  std::filesystem::resize_file(path, 0);
  EXPECT_TRUE(sink.IsDisturbed());
  write();
  EXPECT_FALSE(sink.IsDisturbed());
  MakeOld(path);
  EXPECT_TRUE(sink.IsDisturbed());
  write();
  std::filesystem::remove(path);
  EXPECT_TRUE(sink.IsDisturbed());
  write();
  EXPECT_FALSE(sink.IsDisturbed());
}

TEST_F(FileSinkTest, SeesThatAFileThatItNoticedIsNoLongerThere) {
  const std::string path = scratch / "a.yml";
  ASSERT_TRUE(SinkOn(path).Write("of a process before\n").has_value());
  auto sink = SinkOn(path);
  sink.Notice();
  EXPECT_FALSE(sink.IsDisturbed());
  EXPECT_FALSE(sink.TouchIfStillOurs());
  std::filesystem::remove(path);
  EXPECT_TRUE(sink.IsDisturbed());
}

TEST_F(FileSinkTest, TakesAFileThatIsGoneOrTouchedForNoOtherWriter) {
  const std::string path = scratch / "a.yml";
  auto sink = SinkOn(path);
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  MakeOld(path);
  EXPECT_EQ(Words(sink.Write("ours, changed\n")), "replaced");
  std::filesystem::remove(path);
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(FileSinkTest, LeavesTheTimeOfAnEqualFileWhenToldToAndStillMendsAnother) {
  const std::string path = scratch / "a.yml";
  auto sink = SinkOn(path);
  const auto write = [&] {
    return Words(sink.Write(support::PiecesOf("ours\n"), {}, WhenEqual::kLeave));
  };
  EXPECT_EQ(write(), "replaced");
  MakeOld(path);
  const auto old = About(path);
  EXPECT_TRUE(sink.IsDisturbed());
  EXPECT_EQ(write(), "unchanged");
  EXPECT_EQ(About(path).st_mtim.tv_sec, old.st_mtim.tv_sec);
  EXPECT_FALSE(sink.IsDisturbed()) << "or two processes would wake each other for ever";
  Put(path, "edit\n");
  EXPECT_EQ(write(), "replaced");
}

TEST_F(FileSinkTest, ReplacesAFileOfTheSameSize) {
  Put(scratch / "a.yml", "abc\n");
  EXPECT_EQ(Words(SinkOn(scratch / "a.yml").Write("abd\n")), "replaced");
  EXPECT_EQ(Get(scratch / "a.yml"), "abd\n");
}

TEST_F(FileSinkTest, OnlyMovesTheTimeOfAFileThatHoldsTheBytesAlready) {
  const std::string path = scratch / "a.yml";
  const std::string bytes(200'000, 'x');  // more than is compared at once
  Put(path, bytes);
  MakeOld(path);
  const auto before = About(path);
  const std::time_t start = std::time(nullptr);

  EXPECT_EQ(Words(SinkOn(path).Write(bytes)), "unchanged");

  EXPECT_EQ(About(path).st_ino, before.st_ino);
  EXPECT_GE(About(path).st_mtime + 1, start);
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(FileSinkTest, SeesADifferenceInTheLastByteOfALargeFile) {
  const std::string path = scratch / "a.yml";
  std::string bytes(200'000, 'x');
  Put(path, bytes);
  bytes.back() = 'y';

  EXPECT_EQ(Words(SinkOn(path).Write(bytes)), "replaced");
  EXPECT_EQ(Get(path), bytes);
}

TEST_F(FileSinkTest, WritesAFileAgainThatSomebodyElseChangedOrRemoved) {
  const std::string path = scratch / "a.yml";
  auto sink = SinkOn(path);
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  Put(path, "theirs");
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  std::filesystem::remove(path);
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  EXPECT_EQ(Get(path), "ours\n");
}

TEST_F(FileSinkTest, ReplacesWhatALinkLeadsToAndNotTheLink) {
  std::filesystem::create_directory(scratch / "other");
  Put(scratch / "other/real.yml", "old");
  std::filesystem::create_symlink("other/real.yml", scratch / "a.yml");

  EXPECT_EQ(Words(SinkOn(scratch / "a.yml").Write("new")), "replaced");

  EXPECT_EQ(std::filesystem::read_symlink(scratch / "a.yml"), "other/real.yml");
  EXPECT_EQ(Get(scratch / "other/real.yml"), "new");
  EXPECT_FALSE(std::filesystem::is_symlink(scratch / "other/real.yml"));
}

TEST_F(FileSinkTest, CreatesTheFileThatADanglingLinkLeadsTo) {
  std::filesystem::create_directory(scratch / "other");
  std::filesystem::create_symlink("other/real.yml", scratch / "a.yml");

  EXPECT_EQ(Words(SinkOn(scratch / "a.yml").Write("new")), "replaced");

  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "a.yml"));
  EXPECT_EQ(Get(scratch / "other/real.yml"), "new");
}

TEST_F(FileSinkTest, TakesAPathWithoutADirectory) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  auto sink = SinkOn("ecs_file_sd.yml");
  const std::string words = Words(sink.Write("[]\n"));
  std::filesystem::current_path(before);

  EXPECT_EQ(words, "replaced");
  EXPECT_EQ(Get(scratch / "ecs_file_sd.yml"), "[]\n");
}

TEST_F(FileSinkTest, SaysThatTheDirectoryIsGone) {
  const std::string path = scratch / "gone/a.yml";

  const auto result = SinkOn(path).Write("[]\n");

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, support::ErrorKind::kIo);
  EXPECT_EQ(result.error().message, "output file " + path + ": directory " + scratch.path() +
                                        "/gone does not exist: create it or choose another path");
}

TEST_F(FileSinkTest, RemovesWhatAKilledRunLeftAtTheFirstWriteOnly) {
  const std::string leftover = ".a.yml.tmp-" + std::to_string(::getpid()) + "-0123abcd";
  Put(scratch / leftover, "half a fi");
  auto sink = SinkOn(scratch / "a.yml");

  EXPECT_EQ(Words(sink.Write("1")), "replaced");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));

  Put(scratch / leftover, "of somebody else");
  EXPECT_EQ(Words(sink.Write("2")), "replaced");
  EXPECT_THAT(Names(scratch.path()), ElementsAre(leftover, "a.yml"));
}

TEST_F(FileSinkTest, NeverShowsAReaderAnythingButWholeContents) {
  const std::string path = scratch / "a.yml";
  const std::string first(700'000, 'a');
  const std::string second(300'001, 'b');
  auto sink = SinkOn(path);
  ASSERT_EQ(Words(sink.Write(first)), "replaced");
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  int torn = 0;
  std::thread reader([&] {
    while (!stop) {
      const std::string seen = Get(path);
      if (seen != first && seen != second) ++torn;
      ++reads;
    }
  });

  for (int round = 0; round < 40 || reads < 40; ++round) {
    EXPECT_EQ(Words(sink.Write(round % 2 == 0 ? second : first)), "replaced");
  }
  stop = true;
  reader.join();

  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace ecsd::output
