#include "output/readers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "output/file_sink.h"
#include "output/scratch.h"

namespace ecsd::output {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Sets the umask while it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  const mode_t before_;
};

class ReadersTest : public testing::Test {
 protected:
  ReadersTest() { ::chmod(scratch.path().c_str(), 0755); }

  [[nodiscard]] std::string Why() const { return WhyOnlyOwnerReads(file).value_or(""); }
  FileSink Sink() {
    return {file, [this](const std::string& message) { warnings.push_back(message); }};
  }

  Scratch scratch;
  const std::string file = scratch / "targets.yml";
  std::vector<std::string> warnings;
};

TEST_F(ReadersTest, WarnsOnceOfANewFileThatOnlyItsOwnerCanRead) {
  const Umask mask(0077);
  auto sink = Sink();
  EXPECT_EQ(Words(sink.Write("[]\n")), "replaced");
  EXPECT_EQ(Words(sink.Write("- x\n")), "replaced");
  EXPECT_THAT(warnings,
              ElementsAre("output file " + file +
                          ": its mode is 0600, so Prometheus running as another user cannot read "
                          "it: chmod 644 " +
                          file + ", or start this program with umask 022 before the file exists"));
}

TEST_F(ReadersTest, WarnsNotOfAFileThatAGroupCanReadOrThatWasThere) {
  {
    const Umask mask(0027);
    EXPECT_EQ(Words(Sink().Write("[]\n")), "replaced");
  }
  Put(scratch / "old.yml", "", 0600);
  FileSink old(scratch / "old.yml",
               [this](const std::string& message) { warnings.push_back(message); });
  EXPECT_EQ(Words(old.Write("[]\n")), "replaced");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(ReadersTest, FindsTheModeOfAFileThatIsThere) {
  Put(file, "", 0600);
  EXPECT_THAT(Why(), HasSubstr("its mode is 0600"));
  EXPECT_THAT(Why(), HasSubstr("chmod 644 " + file));
  for (const mode_t mode : {0644U, 0640U, 0604U}) {
    ::chmod(file.c_str(), mode);
    EXPECT_EQ(Why().find("its mode"), std::string::npos) << mode;
  }
}

TEST_F(ReadersTest, FindsTheModeThatANewFileWouldGetAndLeavesNothing) {
  {
    const Umask mask(0077);
    EXPECT_THAT(Why(), HasSubstr("its mode is 0600"));
  }
  const Umask mask(0022);
  EXPECT_EQ(Why().find("its mode"), std::string::npos);
  EXPECT_THAT(Names(scratch.path()), IsEmpty());
}

TEST_F(ReadersTest, FindsADirectoryThatOnlyItsOwnerMaySearch) {
  Put(file, "", 0644);
  ::chmod(scratch.path().c_str(), 0700);
  EXPECT_EQ(Why(), "only its owner may search directory " + scratch.path() +
                       " (mode 0700), so Prometheus running as another user cannot read the file: "
                       "chmod o+x " +
                       scratch.path());
  ::chmod(scratch.path().c_str(), 0710);
  EXPECT_EQ(Why().find(scratch.path() + " (mode"), std::string::npos);
}

TEST_F(ReadersTest, FindsWhatAUserMayNotRead) {
  constexpr uid_t kSomebody = 4321;
  Reader reader{.name = "prometheus", .user = kSomebody, .groups = {kSomebody}};
  const auto why = [&] { return WhyCannotRead(file, reader).value_or(""); };
  Put(file, "", 0640);
  EXPECT_THAT(why(), HasSubstr("user prometheus may not read it (mode 0640, user "));
  EXPECT_THAT(why(), HasSubstr("chmod o+r " + file + ", or add prometheus to the group"));
  reader.groups.push_back(::getegid());
  EXPECT_EQ(why().find("may not read"), std::string::npos);
  reader = {.name = "prometheus", .user = kSomebody, .groups = {kSomebody}};
  ::chmod(file.c_str(), 0604);
  ::chmod(scratch.path().c_str(), 0750);
  EXPECT_THAT(why(), HasSubstr("user prometheus may not search directory " + scratch.path() +
                               " (mode 0750, user "));
  reader.user = 0;
  EXPECT_EQ(why(), "");
}

TEST_F(ReadersTest, FindsWhatAUserMayNotReadOfANewFile) {
  const Umask mask(0027);
  const Reader reader{.name = "prometheus", .user = 4321, .groups = {4321}};
  EXPECT_THAT(WhyCannotRead(file, reader).value_or(""), HasSubstr("may not read it (mode 0640"));
  EXPECT_THAT(Names(scratch.path()), IsEmpty());
}

TEST_F(ReadersTest, KnowsTheUsersOfTheMachine) {
  const auto root = FindReader("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->user, 0U);
  EXPECT_THAT(root->groups, testing::Contains(0U));
  EXPECT_FALSE(FindReader("no such user"));
}

TEST_F(ReadersTest, SaysNothingOfADevice) {
  EXPECT_EQ(WhyOnlyOwnerReads("/dev/null"), std::nullopt);
  EXPECT_EQ(WhyCannotRead("/dev/null", {.name = "p", .user = 4321, .groups = {}}), std::nullopt);
}

}  // namespace
}  // namespace ecsd::output
