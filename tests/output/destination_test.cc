#include "output/destination.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "output/file_sink.h"
#include "output/scratch.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

using support::ErrorKind;

std::string Complaint(const std::string& path) {
  const auto result = CheckOutputPath(path);
  if (result) return "";
  EXPECT_EQ(result.error().kind, ErrorKind::kConfig);
  return result.error().message;
}

void Link(const std::string& to, const std::string& at) {
  std::filesystem::create_symlink(to, at);
}

TEST(CheckOutputPathTest, TakesFilesThatAreThereOrCanBe) {
  const Scratch scratch;
  Put(scratch / "old.yml", "[]\n");
  Link("new.yml", scratch / "dangling.yml");

  EXPECT_EQ(Complaint(scratch / "old.yml"), "");
  EXPECT_EQ(Complaint(scratch / "new.yml"), "");
  EXPECT_EQ(Complaint(scratch / "dangling.yml"), "");
  EXPECT_EQ(Complaint("a-file-in-the-working-directory.yml"), "");
  EXPECT_EQ(Complaint("/dev/null"), "");
  EXPECT_EQ(Complaint("/dev/stdout"), "");
}

TEST(CheckOutputPathTest, RefusesAnEmptyPath) {
  EXPECT_EQ(Complaint(""), "output file: the path is empty: give one");
}

TEST(CheckOutputPathTest, RefusesADirectory) {
  const Scratch scratch;
  const std::string& path = scratch.path();
  const std::string end = " is a directory: give the path of a file in it";
  Link(".", scratch / "link");

  EXPECT_EQ(Complaint(path), "output file " + path + ": " + path + end);
  EXPECT_EQ(Complaint("/"), "output file /: / ends in a slash: give the path of a file");
  EXPECT_EQ(Complaint("."), "output file .: ." + end);
  EXPECT_EQ(Complaint(path + "/new/"), "output file " + path + "/new/: " + path +
                                           "/new/ ends in a slash: give the path of a file");
  EXPECT_EQ(Complaint(path + "/link"), "output file " + path + "/link: " + path + "/." + end);
}

TEST(CheckOutputPathTest, RefusesAMissingDirectory) {
  const Scratch scratch;
  const std::string& path = scratch.path();
  Link("gone/b.yml", scratch / "a.yml");

  EXPECT_EQ(Complaint(path + "/no/such/a.yml"),
            "output file " + path + "/no/such/a.yml: directory " + path +
                "/no/such does not exist: create it or choose another path");
  EXPECT_EQ(Complaint(path + "/a.yml"),
            "output file " + path + "/a.yml: directory " + path +
                "/gone does not exist: create it or choose another path");
}

TEST(CheckOutputPathTest, RefusesAFileInPlaceOfTheDirectory) {
  const Scratch scratch;
  Put(scratch / "file", "");

  EXPECT_EQ(Complaint(scratch / "file/a.yml"), "output file " + scratch.path() +
                                                   "/file/a.yml: " + scratch.path() +
                                                   "/file is not a directory: choose another path");
}

TEST(CheckOutputPathTest, RefusesLinksThatLeadInACircle) {
  const Scratch scratch;
  Link("b.yml", scratch / "a.yml");
  Link("a.yml", scratch / "b.yml");

  EXPECT_EQ(Complaint(scratch / "a.yml"),
            "output file " + scratch.path() +
                "/a.yml: its symbolic links lead in a circle: mend or remove them");
}

TEST(CheckOutputPathTest, RefusesADescriptorThatIsNotOpen) {
  EXPECT_EQ(Complaint("/dev/fd/987"), "output file /dev/fd/987: /dev/fd/987 is not open");
}

TEST(CheckOutputPathTest, RefusesADirectoryThatCannotBeSearched) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "closed");
  std::filesystem::permissions(scratch / "closed", std::filesystem::perms::none);
  std::string complaint;
  {
    const AsNobody rights;
    complaint = Complaint(scratch / "closed/a.yml");
  }
  std::filesystem::permissions(scratch / "closed", std::filesystem::perms::owner_all);

  EXPECT_EQ(complaint, "output file " + scratch.path() + "/closed/a.yml: cannot look at " +
                           scratch.path() + "/closed/a.yml: Permission denied");
}

TEST(FindDestinationTest, FollowsChainsOfRelativeAndAbsoluteLinks) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "other");
  Put(scratch / "other/real.yml", "[]\n", 0640);
  Link(scratch / "second.yml", scratch / "first.yml");
  Link("other/third.yml", scratch / "second.yml");
  Link("real.yml", scratch / "other/third.yml");

  const auto found = FindDestination(scratch / "first.yml");

  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->kind, Destination::Kind::kRegular);
  EXPECT_EQ(found->path, scratch / "other/real.yml");
  EXPECT_EQ(found->mode, 0640U);
  EXPECT_EQ(found->user, ::geteuid());
}

TEST(FindDestinationTest, TellsOurOwnDescriptorsFromOtherStreams) {
  for (const std::string path : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    const auto found = FindDestination(path);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->kind, Destination::Kind::kStream) << path;
    EXPECT_EQ(found->descriptor, 1) << path;
  }
  const auto found = FindDestination("/dev/null");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->kind, Destination::Kind::kStream);
  EXPECT_EQ(found->descriptor, std::nullopt);
}

TEST(DirectoryOfTest, SplitsPathsAtTheLastSlash) {
  EXPECT_EQ(DirectoryOf("a.yml"), ".");
  EXPECT_EQ(NameOf("a.yml"), "a.yml");
  EXPECT_EQ(DirectoryOf("/a.yml"), "/");
  EXPECT_EQ(NameOf("/a.yml"), "a.yml");
  EXPECT_EQ(DirectoryOf("b/c/a.yml"), "b/c");
  EXPECT_EQ(NameOf("b/c/a.yml"), "a.yml");
}

}  // namespace
}  // namespace ecsd::output
