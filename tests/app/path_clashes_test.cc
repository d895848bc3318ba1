#include "app/path_clashes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/result.h"
#include "testing/temporary_directory.h"

namespace ecsd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class PathClashesTest : public testing::Test {
 protected:
  PathClashesTest() { std::ofstream(At("file")) << "x"; }

  [[nodiscard]] std::string At(const std::string& name) const {
    return directory_.path() + '/' + name;
  }

  // What is wrong with a program that writes `written` and reads `read`.
  static std::string Clash(const std::string& written, const std::string& read) {
    const std::vector<NamedPath> paths = {{.setting = "--read", .path = read},
                                          {.setting = "--other", .path = {}},
                                          {.setting = "--write", .path = written, .written = true}};
    const auto checked = CheckPathClashes(paths);
    return checked ? "" : checked.error().message;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(PathClashesTest, FindsOneFileByAnyName) {
  std::filesystem::create_symlink("file", At("link"));
  std::filesystem::create_symlink("link", At("link2"));
  std::filesystem::create_hard_link(At("file"), At("hard"));
  std::filesystem::create_directory(At("sub"));
  std::filesystem::create_directory_symlink(".", At("here"));
  for (const auto& name : {At("file"), At("link"), At("link2"), At("hard"), At("sub/../file"),
                           At("here/file"), std::filesystem::relative(At("file")).string()}) {
    EXPECT_THAT(Clash(At("file"), name), AllOf(HasSubstr("--write"), HasSubstr("--read"))) << name;
    EXPECT_NE(Clash(name, At("file")), "") << name;
  }
  EXPECT_EQ(Clash(At("other"), At("file")), "");
}

TEST_F(PathClashesTest, FindsOneFileThatDoesNotExistYet) {
  std::filesystem::create_symlink("new", At("link"));
  EXPECT_NE(Clash(At("new"), At("new")), "");
  EXPECT_NE(Clash(At("link"), At("new")), "");
  EXPECT_NE(Clash(At("new"), At("link")), "");
  EXPECT_EQ(Clash(At("new"), At("new2")), "");
}

TEST_F(PathClashesTest, LetsOneFileBeReadTwiceAndADeviceBeAnything) {
  const std::vector<NamedPath> read = {{.setting = "a", .path = At("file")},
                                       {.setting = "b", .path = At("file")}};
  EXPECT_TRUE(CheckPathClashes(read));
  EXPECT_EQ(Clash("/dev/null", "/dev/null"), "");
  EXPECT_EQ(Clash("", ""), "");
  EXPECT_EQ(Clash(At("no/file"), At("no/file")), "");
}

}  // namespace
}  // namespace ecsd::app
