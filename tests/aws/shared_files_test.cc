#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::TemporaryDirectory;

using Variables = std::map<std::string, std::string, std::less<>>;

ProfileChoice Choose(Variables variables, std::string_view flag = "") {
  return ChooseProfile(Environment(std::move(variables)), flag);
}

// While it lives, a test that runs as root has the rights of `nobody`.
class AsNobody {
 public:
  AsNobody() { EXPECT_TRUE(user_ != 0 || ::seteuid(65534) == 0); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() { EXPECT_TRUE(user_ != 0 || ::seteuid(0) == 0); }

 private:
  const uid_t user_ = ::geteuid();
};

TEST(ChooseProfileTest, LooksInTheHomeDirectory) {
  EXPECT_EQ(Choose({{"HOME", "/home/me"}}),
            (ProfileChoice{.config_path = "/home/me/.aws/config",
                           .credentials_path = "/home/me/.aws/credentials",
                           .name = "default",
                           .chosen = false}));
}

TEST(ChooseProfileTest, LooksNowhereWithoutAHome) {
  EXPECT_EQ(Choose({}),
            (ProfileChoice{
                .config_path = "", .credentials_path = "", .name = "default", .chosen = false}));
}

TEST(ChooseProfileTest, TakesPathsAndProfileFromTheEnvironment) {
  EXPECT_EQ(
      Choose({{"HOME", "/home/me"},
              {"AWS_CONFIG_FILE", "~/c"},
              {"AWS_SHARED_CREDENTIALS_FILE", "/k"},
              {"AWS_PROFILE", "p"},
              {"AWS_DEFAULT_PROFILE", "q"}}),
      (ProfileChoice{
          .config_path = "/home/me/c", .credentials_path = "/k", .name = "p", .chosen = true}));
  EXPECT_EQ(
      Choose({{"AWS_PROFILE", ""}, {"AWS_DEFAULT_PROFILE", "q"}}),
      (ProfileChoice{.config_path = "", .credentials_path = "", .name = "q", .chosen = true}));
}

TEST(ChooseProfileTest, LetsTheFlagWin) {
  EXPECT_EQ(Choose({{"AWS_PROFILE", "p"}}, "f"), (ProfileChoice{.config_path = "",
                                                                .credentials_path = "",
                                                                .name = "f",
                                                                .chosen = true,
                                                                .by_flag = true}));
}

TEST(ReadSharedFilesTest, ReadsBothFiles) {
  const TemporaryDirectory directory;
  EXPECT_EQ(Must(ReadSharedFiles({.config_path = directory.Write("c", "[profile p]\nregion = r\n"),
                                  .credentials_path = directory.Write("k", "[p]\nkey = v"),
                                  .name = "p",
                                  .chosen = true})),
            (SharedFiles{.profiles = {{"p", {{"region", "r"}, {"key", "v"}}}}, .services = {}}));
}

TEST(ReadSharedFilesTest, ReadsAFileOfAnySize) {
  const TemporaryDirectory directory;
  std::string text = "[default]\n";
  while (text.size() < 100'000) text += "# comment\n";
  text += "region = r";
  EXPECT_EQ(
      Must(ReadSharedFiles(
          {.config_path = directory.Write("c", text), .credentials_path = "", .name = "default"})),
      (SharedFiles{.profiles = {{"default", {{"region", "r"}}}}, .services = {}}));
}

TEST(ReadSharedFilesTest, DoesWithoutFilesThatAreNotThere) {
  const TemporaryDirectory directory;
  const auto file = directory.Write("c", "");
  EXPECT_EQ(Must(ReadSharedFiles({.config_path = directory.path() + "/none",
                                  .credentials_path = file + "/below-a-file",
                                  .name = "default"})),
            SharedFiles());
  EXPECT_EQ(Must(ReadSharedFiles({.config_path = "", .credentials_path = "", .name = "default"})),
            SharedFiles());
}

TEST(ReadSharedFilesTest, RefusesAProfileThatIsInNeitherFile) {
  const TemporaryDirectory directory;
  const auto config = directory.Write("c", "[p]\n[default]\n");
  EXPECT_EQ(FailureOf(ReadSharedFiles(
                {.config_path = config, .credentials_path = "/none", .name = "p", .chosen = true})),
            (Failed{.kind = ErrorKind::kConfig,
                    .message = "AWS profile \"p\" is in neither " + config +
                               " nor /none; check AWS_PROFILE"}));
}

TEST(ReadSharedFilesTest, NamesTheFileAndLineThatItCannotRead) {
  const TemporaryDirectory directory;
  const auto broken = directory.Write("k", "[default]\njunk\n");
  EXPECT_EQ(FailureOf(ReadSharedFiles(
                {.config_path = "", .credentials_path = broken, .name = "default"})),
            (Failed{.kind = ErrorKind::kConfig,
                    .message = broken + ":2: expected `key = value` or `[section]`"}));
}

// Reading a directory used to end the process with an exception.
TEST(ReadSharedFilesTest, RefusesADirectory) {
  const TemporaryDirectory directory;
  for (const bool config : {true, false}) {
    EXPECT_EQ(FailureOf(ReadSharedFiles({.config_path = config ? directory.path() : "",
                                         .credentials_path = config ? "" : directory.path(),
                                         .name = "default"})),
              (Failed{.kind = ErrorKind::kConfig,
                      .message = directory.path() + ": is not a regular file"}));
  }
}

TEST(ReadSharedFilesTest, RefusesAFileThatItMayNotRead) {
  const TemporaryDirectory directory;
  const auto file = directory.Write("c", "[default]\n");
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
  const AsNobody nobody;  // root may read everything
  EXPECT_EQ(
      FailureOf(ReadSharedFiles({.config_path = file, .credentials_path = "", .name = "default"})),
      (Failed{.kind = ErrorKind::kConfig,
              .message = file + ": cannot be read: Permission denied; check its permissions"}));
}

// The HOME of another user, as after setpriv: whatever is in there is not ours.
TEST(ReadSharedFilesTest, PassesOverADirectoryThatItMayNotSearch) {
  const TemporaryDirectory directory;
  const auto file = directory.Write("c", "[default]\nregion = eu-west-1\n");
  ASSERT_EQ(::chmod(directory.path().c_str(), 0), 0);
  {
    const AsNobody nobody;  // root may search everything
    const auto files =
        ReadSharedFiles({.config_path = file, .credentials_path = "", .name = "default"});
    ASSERT_TRUE(files.has_value());
    EXPECT_TRUE(files->profiles.empty());
  }
  ASSERT_EQ(::chmod(directory.path().c_str(), 0700), 0);
}

TEST(ReadSharedFilesTest, RefusesALoopOfSymbolicLinks) {
  const TemporaryDirectory directory;
  const auto link = directory.path() + "/loop";
  std::filesystem::create_symlink(link, link);
  EXPECT_EQ(
      FailureOf(ReadSharedFiles({.config_path = link, .credentials_path = "", .name = "default"})),
      (Failed{.kind = ErrorKind::kConfig,
              .message = link + ": cannot be read: Too many levels of symbolic links; check "
                                "its permissions"}));
}

}  // namespace
}  // namespace ecsd::aws
