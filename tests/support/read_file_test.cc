#include "support/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>

#include "testing/temporary_directory.h"

namespace ecsd::support {
namespace {

constexpr std::size_t kLimit = 20000;

FileFailure FailureAt(const std::string& path, Devices devices = Devices::kRefused) {
  const auto read = ReadFile(path, kLimit, devices);
  EXPECT_FALSE(read.has_value()) << path;
  return read ? FileFailure{} : read.error();
}

TEST(ReadFileTest, ReadsARegularFileThroughLinks) {
  const test::TemporaryDirectory directory;
  const auto path = directory.Write("file", "text");
  std::filesystem::create_symlink(path, directory.path() + "/link");
  EXPECT_EQ(ReadFile(directory.path() + "/link", 4), "text");
  EXPECT_EQ(ReadFile(directory.Write("empty", ""), 4), "");
}

TEST(ReadFileTest, ReadsUpToTheLimitAndNotOneByteMore) {
  const test::TemporaryDirectory directory;
  const std::string most(kLimit, 'x');
  EXPECT_EQ(ReadFile(directory.Write("most", most), kLimit), most);
  EXPECT_EQ(FailureAt(directory.Write("more", most + "x")).why, FileFailure::Why::kTooLarge);
}

TEST(ReadFileTest, NamesWhatIsNoRegularFile) {
  const test::TemporaryDirectory directory;
  const auto fifo = directory.path() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(FailureAt(fifo, Devices::kRead).kind, "a FIFO");
  EXPECT_EQ(FailureAt(directory.path(), Devices::kRead).kind, "a directory");
  EXPECT_EQ(FailureAt("/dev/null").kind, "a device");
}

TEST(ReadFileTest, ReadsDevicesWhereAskedTo) {
  EXPECT_EQ(ReadFile("/dev/null", kLimit, Devices::kRead), "");
  EXPECT_EQ(FailureAt("/dev/zero", Devices::kRead).why, FileFailure::Why::kTooLarge);
}

TEST(ReadFileTest, TellsWhatTheSystemSays) {
  const test::TemporaryDirectory directory;
  EXPECT_EQ(FailureAt(directory.path() + "/none").code, ENOENT);
  EXPECT_EQ(FailureAt(directory.Write("file", "") + "/below").code, ENOTDIR);
}

}  // namespace
}  // namespace ecsd::support
