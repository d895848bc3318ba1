#include "server/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::server {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const std::string& path, std::size_t limit = kLargestFile) {
  const auto read = ReadFile(path, limit);
  EXPECT_FALSE(read.has_value()) << path;
  return read ? "" : read.error().message;
}

TEST(ReadFileTest, ReadsARegularFileThroughLinks) {
  const test::TemporaryDirectory directory;
  const auto path = directory.Write("file", "text");
  std::filesystem::create_symlink(path, directory.path() + "/link");

  EXPECT_EQ(ReadFile(directory.path() + "/link", 4), "text");
  EXPECT_EQ(ReadFile(directory.Write("empty", ""), 4), "");
}

TEST(ReadFileTest, ReadsNothingElse) {
  const test::TemporaryDirectory directory;
  const auto fifo = directory.path() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);

  EXPECT_EQ(ErrorOf(fifo), fifo + " cannot be read: it is a FIFO; name a regular file");
  EXPECT_THAT(ErrorOf(directory.path()), HasSubstr("it is a directory; name a regular file"));
  EXPECT_THAT(ErrorOf("/dev/zero"), HasSubstr("it is a device; name a regular file"));
  EXPECT_THAT(ErrorOf(directory.path() + "/none"), HasSubstr("No such file or directory"));
}

TEST(ReadFileTest, ReadsNoMoreThanItsLimit) {
  const test::TemporaryDirectory directory;

  EXPECT_THAT(ErrorOf(directory.Write("file", "text"), 3), HasSubstr("more than 3 bytes"));
}

}  // namespace
}  // namespace ecsd::server
