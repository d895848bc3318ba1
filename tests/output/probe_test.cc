#include "output/probe.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "output/posix.h"
#include "scratch.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

// What a probe of `path` finds where `call` fails with `code`.
support::Result<Writability> ProbeWith(const std::string& path, const std::string& call, int code) {
  Calls calls;
  calls.fault = [&](const std::string& made) { return made.starts_with(call) ? code : 0; };
  const auto posix = Faulty(calls);
  return ProbeOutput(path, *posix);
}

TEST(ProbeTest, LeavesTheFileAndNothingElse) {
  const Scratch scratch;
  Put(scratch / "t.json", "[]");
  const auto found = ProbeOutput(scratch / "t.json");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, Writability::kAtomic);
  EXPECT_EQ(Get(scratch / "t.json"), "[]");
  EXPECT_EQ(Names(scratch.path()), std::vector<std::string>{"t.json"});
}

TEST(ProbeTest, FindsThatThereIsNoRoom) {
  const Scratch scratch;
  for (const int code : {ENOSPC, EFBIG}) {
    const auto found = ProbeWith(scratch / "t.json", "reserve", code);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, support::ErrorKind::kIo);
  }
  EXPECT_TRUE(ProbeWith(scratch / "t.json", "reserve", ENOSPC)
                  .error()
                  .message.ends_with("No space left on device: free space on the file system of " +
                                     scratch.path()));
  EXPECT_EQ(Names(scratch.path()), std::vector<std::string>{});
}

TEST(ProbeTest, AFileSystemThatCannotReserveIsGood) {
  const Scratch scratch;
  EXPECT_TRUE(ProbeWith(scratch / "t.json", "reserve", EOPNOTSUPP));
}

TEST(ProbeTest, SaysWhoMayNotWriteWhere) {
  const Scratch scratch;
  const auto found = ProbeWith(scratch / "t.json", "open", EACCES);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("write in " + scratch.path()), std::string::npos)
      << found.error().message;
}

}  // namespace
}  // namespace ecsd::output
