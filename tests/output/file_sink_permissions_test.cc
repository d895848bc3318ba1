#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "output/file_sink.h"
#include "output/scratch.h"

// The kernel itself refuses here; file_sink_faults_test.cc has the same and more without it.
namespace ecsd::output {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kNotPermitted = "not permitted: ";

class PermissionsTest : public ::testing::Test {
 protected:
  PermissionsTest() {
    std::filesystem::create_directory(directory);
    Put(path, "old contents\n", 0666);
  }

  void TearDown() override { SetMode(0755); }

  void SetMode(mode_t mode) const { EXPECT_EQ(::chmod(directory.c_str(), mode), 0); }

  Scratch scratch;
  std::string directory = scratch / "d";
  std::string path = directory + "/a.yml";
  std::vector<std::string> warnings;
  FileSink sink{path, [this](std::string message) { warnings.push_back(std::move(message)); }};
};

// Makes a mount namespace of its own for the child that calls it.
bool HasOwnMounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

TEST_F(PermissionsTest, WritesInPlaceInAReadOnlyDirectoryAndSaysSoOnce) {
  SetMode(0555);
  const auto before = About(path);
  {
    const AsNobody rights;
    EXPECT_EQ(Words(sink.Write("new\n")), "in place");
    EXPECT_EQ(Words(sink.Write("new\n")), "unchanged");
    EXPECT_EQ(Words(sink.Write("newer and longer\n")), "in place");
    EXPECT_THAT(
        warnings,
        ElementsAre("output file " + path +
                    ": it cannot be replaced as a whole and is written in place, so Prometheus may "
                    "read a half-written file and lose targets until it reads it again: create a "
                    "temporary file in " +
                    directory + ": Permission denied (let user id " + std::to_string(::geteuid()) +
                    " write in " + directory + ')'));
  }
  EXPECT_EQ(Get(path), "newer and longer\n");
  EXPECT_EQ(About(path).st_ino, before.st_ino);
  EXPECT_EQ(About(path).st_mode, before.st_mode);
}

TEST_F(PermissionsTest, WarnsAgainWhenTheDirectoryHadBeenWritableInBetween) {
  for (const mode_t mode : {0555U, 0777U, 0555U}) {
    SetMode(mode);
    Put(path, "old contents\n", 0666);
    const AsNobody rights;
    EXPECT_EQ(Words(sink.Write("new\n")), mode == 0777U ? "replaced" : "in place");
  }
  std::erase_if(warnings, [](const std::string& warning) {
    return warning.find("in place") == std::string::npos;
  });
  EXPECT_EQ(warnings.size(), 2U);
}

TEST_F(PermissionsTest, LeavesAFileThatItCannotWriteAndSaysWhatToDo) {
  Put(path, "old contents\n", 0444);
  SetMode(0555);
  const AsNobody rights;

  const std::string message = Words(sink.Write("new\n"));

  EXPECT_EQ(message, "output file " + path + ": create a temporary file in " + directory +
                         ": Permission denied (let user id " + std::to_string(::geteuid()) +
                         " write in " + directory + "); instead: open " + path +
                         ": Permission denied (the old file is untouched): let user id " +
                         std::to_string(::geteuid()) + " write in " + directory);
  EXPECT_EQ(Get(path), "old contents\n");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(PermissionsTest, CannotCreateAFileInAReadOnlyDirectory) {
  std::filesystem::remove(path);
  SetMode(0555);
  const AsNobody rights;

  EXPECT_THAT(Words(sink.Write("new\n")), HasSubstr("Permission denied"));
  EXPECT_THAT(Names(directory), IsEmpty());
}

TEST_F(PermissionsTest, KeepsTheOwnerOfAFileThatIsAnothers) {
  if (!IsRoot()) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(path.c_str(), 1234, 2345), 0);
  ASSERT_EQ(::chmod(path.c_str(), 02640), 0);

  EXPECT_EQ(Words(sink.Write("new\n")), "replaced");

  const auto about = About(path);
  EXPECT_EQ(about.st_uid, 1234U);
  EXPECT_EQ(about.st_gid, 2345U);
  EXPECT_EQ(about.st_mode & 07777U, 02640U);
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(PermissionsTest, ReplacesAFileWhoseOwnerItCannotKeepAndWarns) {
  if (!IsRoot()) GTEST_SKIP() << "needs a file that is another's: only root can make one";
  SetMode(0777);
  {
    const AsNobody rights;
    EXPECT_EQ(Words(sink.Write("new\n")), "replaced");
    EXPECT_EQ(Words(sink.Write("newer\n")), "replaced");
  }
  EXPECT_EQ(Get(path), "newer\n");
  EXPECT_EQ(About(path).st_mode & 07777U, 0666U);
  EXPECT_THAT(warnings,
              ElementsAre("output file " + path +
                          ": it belongs to user id 65534 now and no longer to 0:0, because chown "
                          "the new file: Operation not permitted: check that Prometheus can read "
                          "it, or run as the file's owner"));
}

TEST_F(PermissionsTest, WarnsWhenTheTimeOfAnEqualFileCannotBeMoved) {
  if (!IsRoot()) GTEST_SKIP() << "needs a file that is another's: only root can make one";
  Put(path, "old contents\n", 0644);
  const AsNobody rights;

  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");
  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");

  EXPECT_THAT(warnings,
              ElementsAre(AllOf(StartsWith("output file " + path +
                                           ": its contents are current but its mtime cannot be "
                                           "moved, so alerts on prometheus_sd_file_mtime_seconds "
                                           "may fire: "),
                                HasSubstr("Permission denied: let user id 65534 write in"))));
}

TEST_F(PermissionsTest, WritesASingleMountedFileInPlace) {
  Put(scratch / "mounted.yml", "old contents\n");
  const std::string answer = InChild([&] {
    if (!HasOwnMounts() ||
        ::mount((scratch / "mounted.yml").c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return std::string(kNotPermitted) + std::to_string(errno);
    }
    std::string words = Words(sink.Write("new\n"));
    for (const std::string& warning : warnings) words += '\n' + warning;
    for (const std::string& name : Names(directory)) words += '\n' + name;
    return words;
  });
  if (answer.starts_with(kNotPermitted)) GTEST_SKIP() << "no mounts here: " << answer;

  EXPECT_THAT(answer,
              AllOf(StartsWith("in place\n"), HasSubstr("Device or resource busy (mount its "
                                                        "directory, not the single file)\n"
                                                        "a.yml")));
  EXPECT_EQ(Get(scratch / "mounted.yml"), "new\n");
}

TEST_F(PermissionsTest, LeavesTheOldFileAndNothingElseOnAFullDisk) {
  const std::string answer = InChild([&] {
    if (!HasOwnMounts() || ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=64k") != 0) {
      return std::string(kNotPermitted) + std::to_string(errno);
    }
    Put(path, "old contents\n");
    std::string words = Words(sink.Write(std::string(100'000, 'x')));
    for (const std::string& name : Names(directory)) words += '\n' + name;
    return words + '\n' + Get(path);
  });
  if (answer.starts_with(kNotPermitted)) GTEST_SKIP() << "no mounts here: " << answer;

  EXPECT_THAT(answer, AllOf(StartsWith("output file " + path + ": write " + directory + "/."),
                            HasSubstr(": No space left on device (the old file is untouched): free "
                                      "space on the file system of " +
                                      directory + "\na.yml\nold contents\n")));
}

TEST_F(PermissionsTest, DoesNoDamageInPlaceOnAFullDisk) {
  const std::string answer = InChild([&] {
    if (!HasOwnMounts() ||
        ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=64k,mode=0755") != 0) {
      return std::string(kNotPermitted) + std::to_string(errno);
    }
    Put(path, "old contents\n", 0666);
    const AsNobody rights;
    const std::string words = Words(sink.Write(std::string(100'000, 'x')));
    return words + '\n' + Get(path);
  });
  if (answer.starts_with(kNotPermitted)) GTEST_SKIP() << "no mounts here: " << answer;

  EXPECT_THAT(answer, HasSubstr("instead: reserve room for " + path +
                                ": No space left on device (the old file is untouched): free space "
                                "on the file system of " +
                                directory + "\nold contents\n"));
}

TEST_F(PermissionsTest, LeavesTheOldFileAndLivesOnAtTheLimitOnFileSizes) {
  const std::string answer = InChild([&] {
    static_cast<void>(std::signal(SIGXFSZ, SIG_DFL));
    const rlimit limit{.rlim_cur = 4096, .rlim_max = 4096};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return std::string("no limit");
    std::string words = Words(sink.Write(std::string(100'000, 'x')));
    for (const std::string& name : Names(directory)) words += '\n' + name;
    return words;
  });

  EXPECT_THAT(answer, AllOf(StartsWith("output file " + path + ": write " + directory + "/."),
                            HasSubstr(": File too large (the old file is untouched): raise the "
                                      "limit on file sizes (ulimit -f)\na.yml")));
  EXPECT_EQ(Get(path), "old contents\n");
}

}  // namespace
}  // namespace ecsd::output
