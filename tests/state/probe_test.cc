#include "state/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/identity.h"
#include "state/state_file.h"
#include "support/result.h"
#include "testing/temporary_directory.h"

namespace ecsd::state {
namespace {

using support::ErrorKind;
using testing::IsEmpty;

const Identity kMine{.region = "eu-west-1", .role_arn = "", .profile = "p"};

std::string Text(const support::Result<StateProbe>& probe) {
  if (!probe) {
    return (probe.error().kind == ErrorKind::kIo ? "kIo: " : "error: ") + probe.error().message;
  }
  switch (probe->kind) {
    case StateProbe::Kind::kNew:
      return "new";
    case StateProbe::Kind::kGood:
      return "good";
    case StateProbe::Kind::kUnfinished:
      return "unfinished";
    case StateProbe::Kind::kSetAside:
      break;
  }
  return "set aside: " + probe->why;
}

class StateProbeTest : public testing::Test {
 protected:
  [[nodiscard]] std::string Probe(const Identity& identity = kMine) const {
    return Text(ProbeStateFile(path, identity));
  }
  [[nodiscard]] support::Result<StateFile::Opened> Open() const {
    return StateFile::Open(path, kMine, "all");
  }
  // Every file of the directory with its bytes.
  [[nodiscard]] std::vector<std::string> Everything() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      found.push_back(entry.path().filename().string() + "=" +
                      std::string(std::istreambuf_iterator<char>(file), {}));
    }
    std::ranges::sort(found);
    return found;
  }
  void Put(const std::string& name, std::string_view bytes) const {
    std::ofstream(directory.path() + "/" + name, std::ios::binary | std::ios::trunc) << bytes;
  }

  test::TemporaryDirectory directory;
  const std::string path = directory.path() + "/state%41?#.db";  // SQLite reads URIs
};

TEST_F(StateProbeTest, MakesNothingWhereThereIsNoFile) {
  EXPECT_EQ(Probe(), "new");
  EXPECT_THAT(Everything(), IsEmpty());
}

TEST_F(StateProbeTest, ReadsAFileAndChangesNothing) {
  ASSERT_TRUE(Open());
  const auto before = Everything();
  EXPECT_EQ(Probe(), "good");
  EXPECT_EQ(Everything(), before);
}

TEST_F(StateProbeTest, SaysWhatOpenWouldSay) {
  Put("state%41?#.db", "my notes\n");
  EXPECT_EQ(Probe(), "error: it is text and no state file of this program: give another path");
  EXPECT_EQ(Text(ProbeStateFile(directory.path(), kMine)),
            "error: it is a directory: give the path of a file");
  EXPECT_EQ(Text(ProbeStateFile(directory.path() + "/no/s.db", kMine)),
            "error: directory " + directory.path() + "/no does not exist: create it");
}

TEST_F(StateProbeTest, SeesAnotherProcess) {
  const auto opened = Open();
  ASSERT_TRUE(opened);
  EXPECT_EQ(Probe(), "error: another process is using it");
}

TEST_F(StateProbeTest, DoesNotKeepTheFileFromAProcessThatStarts) {
  ASSERT_TRUE(Open());
  EXPECT_EQ(Probe(), "good");
  EXPECT_TRUE(Open());
}

TEST_F(StateProbeTest, SaysWhyAFileWouldBeSetAside) {
  ASSERT_TRUE(Open());
  const auto before = Everything();
  auto other = kMine;
  other.region = "us-east-1";
  EXPECT_EQ(Probe(other), "set aside: it is of region 'eu-west-1', and this is region 'us-east-1'");
  EXPECT_EQ(Everything(), before);
  Put("state%41?#.db", std::string(8192, '\0'));
  EXPECT_EQ(Probe(), "set aside: it is zeroed: it has NUL bytes only");
}

TEST_F(StateProbeTest, DoesNotReadWhatAWriteThatWasBrokenOffLeft) {
  ASSERT_TRUE(Open());
  Put("state%41?#.db-journal", "hot");
  const auto before = Everything();
  EXPECT_EQ(Probe(), "unfinished");
  EXPECT_EQ(Everything(), before);
}

TEST_F(StateProbeTest, NamesTheProcessThatUsesIt) {
  EXPECT_EQ(UserOfStateFile(path), std::nullopt);
  {
    const auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(UserOfStateFile(path), ::getpid());
  }
  EXPECT_EQ(UserOfStateFile(path), std::nullopt);
  EXPECT_EQ(UserOfStateFile(directory.path()), std::nullopt) << "no file can be there";
}

}  // namespace
}  // namespace ecsd::state
