#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "output/destination.h"
#include "output/file_sink.h"
#include "output/posix.h"
#include "output/scratch.h"
#include "output/stream.h"
#include "support/pieces.h"

namespace ecsd::output {
namespace {

using ::testing::ElementsAre;

FileSink SinkOn(const std::string& path) {
  return {path, [](const std::string& message) { ADD_FAILURE() << message; }};
}

std::string MakePipe(const Scratch& scratch) {
  std::string path = scratch / "pipe";
  EXPECT_EQ(::mkfifo(path.c_str(), 0666), 0);
  return path;
}

// What comes out of `fd` until nobody can write to it any more.
std::string Drain(int fd) {
  std::string all;
  std::array<char, 65536> piece{};
  for (ssize_t size = 0; (size = ::read(fd, piece.data(), piece.size())) > 0;) {
    all.append(piece.data(), static_cast<std::size_t>(size));
  }
  return all;
}

TEST(StreamTest, WritesADeviceStraightAndOnlyWhatIsNew) {
  auto sink = SinkOn("/dev/null");

  EXPECT_EQ(Words(sink.Write("a")), "in place");
  EXPECT_EQ(Words(sink.Write("a")), "unchanged");
  EXPECT_EQ(Words(sink.Write("b")), "in place");
  EXPECT_TRUE(S_ISCHR(About("/dev/null").st_mode));
}

TEST(StreamTest, SaysThatADeviceIsFullAndTriesTheSameBytesAgain) {
  auto sink = SinkOn("/dev/full");
  const std::string message =
      "output file /dev/full: write /dev/full: No space left on device: free space on the file "
      "system of /dev";

  EXPECT_EQ(Words(sink.Write("a")), message);
  EXPECT_EQ(Words(sink.Write("a")), message);
}

TEST(StreamTest, WritesAPipeThatHasAReader) {
  const Scratch scratch;
  const std::string path = MakePipe(scratch);
  const std::string bytes(300'000, 'x');  // several times what a pipe holds
  std::string read;
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_EQ(::fcntl(fd, F_SETFL, 0), 0);
  std::thread reader;
  auto sink = SinkOn(path);

  reader = std::thread([&] {
    // The end of the file is only told apart from "no writer yet" by the bytes that came before it.
    while (read.size() < bytes.size()) read += Drain(fd);
  });
  EXPECT_EQ(Words(sink.Write(bytes)), "in place");
  reader.join();
  ::close(fd);

  EXPECT_EQ(read, bytes);
  EXPECT_THAT(Names(scratch.path()), ElementsAre("pipe"));
}

TEST(StreamTest, WritesToAPipeWhateverThePiecesOnlyWhatIsNew) {
  const Scratch scratch;
  const std::string path = MakePipe(scratch);
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto sink = SinkOn(path);

  const support::Pieces cut = [](const support::TakePiece& take) {
    return take("a") && take("bc");
  };
  const support::Pieces cut_elsewhere = [](const support::TakePiece& take) {
    return take("ab") && take("") && take("c");
  };
  EXPECT_EQ(Words(sink.Write(cut)), "in place");
  EXPECT_EQ(Words(sink.Write(cut_elsewhere)), "unchanged");
  EXPECT_EQ(Words(sink.Write("abc")), "unchanged");
  EXPECT_EQ(Words(sink.Write("ab")), "in place");

  EXPECT_EQ(Drain(fd), "abcab");
  ::close(fd);
}

TEST(StreamTest, WritesAgainWhatAPipeTookAPartOf) {
  const Scratch scratch;
  const std::string path = MakePipe(scratch);
  int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto sink = SinkOn(path);
  bool leave = true;
  // The reader goes away between the two pieces, once.
  const support::Pieces contents = [&](const support::TakePiece& take) {
    if (!take("first ")) return false;
    if (std::exchange(leave, false)) ::close(std::exchange(fd, -1));
    return take("second");
  };

  EXPECT_EQ(Words(sink.Write(contents)),
            "output file " + path + ": write " + path +
                ": Broken pipe: start a reader, or write to a regular file");
  fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  EXPECT_EQ(Words(sink.Write(contents)), "in place");
  EXPECT_EQ(Drain(fd), "first second");
  ::close(fd);
}

// A part of what failed may have come: what was written before it is not what the reader has.
TEST(StreamTest, WritesAgainWhatItWroteBeforeAFailure) {
  const Scratch scratch;
  const std::string path = MakePipe(scratch);
  int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto sink = SinkOn(path);
  EXPECT_EQ(Words(sink.Write("a")), "in place");
  ::close(fd);
  EXPECT_THAT(Words(sink.Write("b")), ::testing::HasSubstr("start a reader"));
  fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  EXPECT_EQ(Words(sink.Write("a")), "in place");
  EXPECT_EQ(Drain(fd), "a");
  ::close(fd);
}

TEST(StreamTest, DoesNotWaitForTheReaderOfAPipe) {
  const Scratch scratch;
  const std::string path = MakePipe(scratch);

  EXPECT_EQ(Words(SinkOn(path).Write("a")),
            "output file " + path + ": open " + path +
                ": No such device or address: start a reader, or write to a regular file");
}

TEST(StreamTest, GivesUpOnAReaderThatTakesNothingAndWhenItIsStopped) {
  const Scratch scratch;
  Posix posix;
  const std::string path = MakePipe(scratch);
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const auto destination = FindDestination(path);
  ASSERT_TRUE(destination.has_value());
  const std::string bytes(1'000'000, 'x');
  const auto contents = support::PiecesOf(bytes);

  const auto result = WriteStream(posix, *destination, contents, std::chrono::milliseconds(20), {});

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ETIMEDOUT);

  std::stop_source stop;
  stop.request_stop();
  const auto stopped =
      WriteStream(posix, *destination, contents, std::chrono::hours(1), stop.get_token());
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ECANCELED);
  ::close(fd);
}

TEST(StreamTest, SurvivesAReaderThatHasGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ::close(ends[0]);
  const std::string path = "/dev/fd/" + std::to_string(ends[1]);

  EXPECT_EQ(InChild([&] {
              static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
              return Words(SinkOn(path).Write("a"));
            }),
            "output file " + path + ": write " + path +
                ": Broken pipe: start a reader, or write to a regular file");
  ::close(ends[1]);
}

TEST(StreamTest, GoesOnWhereARedirectedStandardOutputStands) {
  const Scratch scratch;
  const std::string log = scratch / "log";
  const auto write = [&] {
    const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ::dup2(fd, STDOUT_FILENO) < 0 || ::write(fd, "before\n", 7) != 7)
      return std::string("bad");
    auto sink = SinkOn("/dev/stdout");
    std::string words;
    for (const std::string bytes : {"first\n", "first\n", "2nd\n"}) {
      words += Words(sink.Write(bytes)) + ' ';
    }
    return ::write(fd, "after\n", 6) == 6 ? words : "bad";
  };

  EXPECT_EQ(InChild(write), "in place unchanged in place ");

  EXPECT_EQ(Get(log), "before\nfirst\n2nd\nafter\n");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("log"));
}

TEST(StreamTest, WritesASocketThatIsStandardOutput) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const auto write = [&] {
    if (::dup2(ends[1], STDOUT_FILENO) < 0) return std::string("bad");
    return Words(SinkOn("/dev/stdout").Write("[]\n"));
  };

  EXPECT_EQ(InChild(write), "in place");

  ::close(ends[1]);
  EXPECT_EQ(Drain(ends[0]), "[]\n");
  ::close(ends[0]);
}

}  // namespace
}  // namespace ecsd::output
