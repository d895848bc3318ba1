#include "output/temporary_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "output/posix.h"
#include "output/scratch.h"

namespace ecsd::output {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

std::string Leftover(pid_t process, const std::string& target = "a.yml") {
  return '.' + target + ".tmp-" + std::to_string(process) + "-0123abcd";
}

pid_t DeadProcess() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST(TemporaryFileTest, HasANameThatNoGlobOfPrometheusMatches) {
  const Scratch scratch;
  Posix posix;

  const auto file = TemporaryFile::Create(posix, scratch / "a.yml", 0600);

  ASSERT_TRUE(file.has_value()) << Describe(file.error());
  EXPECT_THAT(
      Names(scratch.path()),
      ElementsAre(MatchesRegex("\\.a\\.yml\\.tmp-" + std::to_string(::getpid()) + "-[0-9a-f]{8}")));
  EXPECT_EQ(scratch.path() + '/' + Names(scratch.path()).front(), file->path());
}

TEST(TemporaryFileTest, IsRemovedUnlessItTookTheOthersPlace) {
  const Scratch scratch;
  Posix posix;
  Put(scratch / "a.yml", "old");
  {
    static_cast<void>(TemporaryFile::Create(posix, scratch / "a.yml", 0600));
  }
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));

  {
    auto file = TemporaryFile::Create(posix, scratch / "a.yml", 0600);
    ASSERT_TRUE(file.has_value()) << Describe(file.error());
    ASSERT_TRUE(file->Replace(scratch / "a.yml").has_value());
  }
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
  EXPECT_EQ(Get(scratch / "a.yml"), "");
}

TEST(TemporaryFileTest, CutsANameThatWouldBeTooLong) {
  const Scratch scratch;
  Posix posix;
  const std::string target = scratch / (std::string(251, 'x') + ".yml");

  auto file = TemporaryFile::Create(posix, target, 0600);

  ASSERT_TRUE(file.has_value()) << Describe(file.error());
  EXPECT_TRUE(file->Replace(target).has_value());
  EXPECT_TRUE(std::filesystem::exists(target));
}

TEST(RemoveLeftoversTest, RemovesThoseOfDeadProcessesAndOfOurOwnProcessId) {
  const Scratch scratch;
  Posix posix;
  Put(scratch / Leftover(DeadProcess()), "");
  Put(scratch / Leftover(::getpid()), "");

  RemoveLeftovers(posix, scratch / "a.yml");

  EXPECT_THAT(Names(scratch.path()), ElementsAre());
}

TEST(RemoveLeftoversTest, LeavesEverythingElse) {
  const Scratch scratch;
  Posix posix;
  const pid_t alive = ::fork();
  if (alive == 0) {
    ::pause();
    ::_exit(0);
  }
  const pid_t dead = DeadProcess();
  const std::string number = std::to_string(dead);
  Put(scratch / Leftover(alive), "");
  Put(scratch / Leftover(dead, "b.yml"), "");
  for (const std::string name : {"a.yml", ".a.yml.swp", ".a.yml.tmp-", ".a.yml.tmp-x-0123abcd",
                                 ".a.yml.tmp-0-0123abcd", ".a.yml.tmp--5-0123abcd"}) {
    Put(scratch / name, "");
  }
  Put(scratch / (".a.yml.tmp-" + number + "-0123abc"), "");
  Put(scratch / (".a.yml.tmp-" + number + "-0123ABCD"), "");
  Put(scratch / (".a.yml.tmp-" + number + "-0123abcd.yml"), "");
  Put(scratch / ("a.yml.tmp-" + number + "-0123abcd"), "");
  std::filesystem::create_directory(scratch / (".a.yml.tmp-" + number + "-11111111"));
  std::filesystem::create_symlink("a.yml", scratch / (".a.yml.tmp-" + number + "-22222222"));
  const auto before = Names(scratch.path());

  RemoveLeftovers(posix, scratch / "a.yml");

  EXPECT_EQ(Names(scratch.path()), before);
  ::kill(alive, SIGKILL);
  ::waitpid(alive, nullptr, 0);
}

TEST(RemoveLeftoversTest, LeavesAFileThatAnotherContainerWithOurProcessIdIsWriting) {
  const Scratch scratch;
  Posix posix;
  Put(scratch / Leftover(::getpid()), "");
  const int other = ::open((scratch / Leftover(::getpid())).c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);

  RemoveLeftovers(posix, scratch / "a.yml");
  EXPECT_THAT(Names(scratch.path()), ElementsAre(Leftover(::getpid())));

  ::close(other);
  RemoveLeftovers(posix, scratch / "a.yml");
  EXPECT_THAT(Names(scratch.path()), ElementsAre());
}

TEST(RemoveLeftoversTest, SparesATemporaryFileInUse) {
  const Scratch scratch;
  Posix posix;
  const auto file = TemporaryFile::Create(posix, scratch / "a.yml", 0600);
  ASSERT_TRUE(file.has_value()) << Describe(file.error());

  RemoveLeftovers(posix, scratch / "a.yml");

  EXPECT_TRUE(std::filesystem::exists(file->path()));
}

}  // namespace
}  // namespace ecsd::output
