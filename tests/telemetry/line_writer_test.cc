#include "telemetry/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace ecsd::telemetry {
namespace {

class Pipe {
 public:
  // Reading never blocks; writing does if `blocking`.
  explicit Pipe(bool blocking = false) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
    reader_ = ends[0];
    writer_ = ends[1];
    EXPECT_EQ(fcntl(writer_, F_SETFL, blocking ? 0 : O_NONBLOCK), 0);
  }
  ~Pipe() {
    CloseReader();
    close(writer_);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int writer() const { return writer_; }
  void CloseReader() {
    if (reader_ >= 0) close(reader_);
    reader_ = -1;
  }
  // All that is in the pipe now.
  std::string Drain() {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(reader_, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int reader_ = -1;
  int writer_ = -1;
};

TEST(LineWriterTest, WritesLines) {
  Pipe pipe;
  LineWriter writer(pipe.writer());
  writer.Write("one\n");
  writer.Write("two\n");
  EXPECT_EQ(pipe.Drain(), "one\ntwo\n");
}

TEST(LineWriterTest, SurvivesAReaderThatIsGone) {
  ASSERT_EQ(signal(SIGPIPE, SIG_DFL), SIG_DFL);  // which would end this test
  Pipe pipe;
  pipe.CloseReader();
  LineWriter writer(pipe.writer());
  writer.Write("one\n");
  writer.Write("two\n");
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(LineWriterTest, LeavesTheSignalMaskAndErrnoAsTheyWere) {
  Pipe pipe;
  pipe.CloseReader();
  LineWriter writer(pipe.writer());
  errno = ENOENT;
  writer.Write("one\n");
  EXPECT_EQ(errno, ENOENT);
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGPIPE), 0);
}

class FullPipeTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(LineWriterTest, FullPipeTest, testing::Bool());

// In blocking mode the writer used to wait for ever.
TEST_P(FullPipeTest, DropsWhatItDoesNotTakeAndBeginsTheNextLineAnew) {
  Pipe pipe(GetParam());
  LineWriter writer(pipe.writer());
  const int size = fcntl(pipe.writer(), F_GETPIPE_SZ);
  ASSERT_GT(size, 0);
  const std::string filled(static_cast<std::size_t>(size), 'x');
  writer.Write(filled + "lost end\n");
  for (int i = 0; i < 1000; ++i) writer.Write("lost line\n");
  EXPECT_EQ(pipe.Drain(), filled);

  writer.Write("next\n");
  EXPECT_EQ(pipe.Drain(), "\nnext\n");
}

TEST(LineWriterTest, SurvivesAClosedDescriptor) {
  LineWriter writer(-1);
  writer.Write("one\n");
}

}  // namespace
}  // namespace ecsd::telemetry
