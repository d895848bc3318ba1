#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output/file_sink.h"
#include "output/posix.h"
#include "output/scratch.h"

// Every system call made to fail.
namespace ecsd::output {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

bool IsOfAnotherWriter(const std::string& warning) {
  return warning.find("something else has written it") != std::string::npos;
}

class FaultsTest : public ::testing::Test {
 protected:
  FaultsTest() { Put(path, "old contents\n"); }

  // Makes every call that starts with `call` fail.
  void Break(const std::string& call, int code) {
    calls.fault = [call, code](const std::string& made) {
      return made.starts_with(call) ? code : 0;
    };
  }

  Scratch scratch;
  std::string path = scratch / "a.yml";
  std::vector<std::string> warnings;
  Calls calls;
  FileSink sink{path, [this](std::string message) { warnings.push_back(std::move(message)); },
                Faulty(calls)};
};

TEST_F(FaultsTest, MakesTheNewFileSafeBeforeItIsSeen) {
  ASSERT_EQ(Words(sink.Write("new\n")), "replaced");

  std::vector<std::string> verbs;
  verbs.reserve(calls.made.size());
  for (const std::string& call : calls.made) verbs.push_back(call.substr(0, call.find(' ')));
  EXPECT_THAT(verbs,
              ElementsAre("open", "open", "write", "chmod", "sync", "rename", "open", "sync"));
  EXPECT_THAT(calls.made[1], StartsWith("open " + scratch.path() + "/.a.yml.tmp-"));
  EXPECT_EQ(calls.made[5], "rename " + calls.made[1].substr(5) + ' ' + path);
  EXPECT_EQ(calls.made[6], "open " + scratch.path());
}

TEST_F(FaultsTest, LeavesAWholeFileAndNothingElseWhicheverCallFails) {
  for (const int code : {EIO, ENOSPC, EDQUOT, EACCES, EPERM, EROFS}) {
    for (std::size_t failing = 0;; ++failing) {
      Put(path, "old contents\n");
      calls.made.clear();
      calls.fault = [&](const std::string&) { return calls.made.size() == failing + 1 ? code : 0; };
      const auto result = sink.Write("new\n");
      calls.fault = nullptr;

      if (calls.made.size() <= failing) break;
      SCOPED_TRACE(calls.made[failing] + " fails with " + std::to_string(code));
      EXPECT_EQ(Get(path), result ? "new\n" : "old contents\n");
      EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
      if (!result) {
        EXPECT_THAT(result.error().message, StartsWith("output file " + path + ": "));
      }
      ASSERT_LT(failing, 50U);
    }
  }
}

// A slow disk gives another process the time to put its file in place before the write has ended.
TEST_F(FaultsTest, NeverTakesAFileThatCameDuringAWriteForItsOwn) {
  calls.fault = [this](const std::string& made) {
    if (made == "open " + scratch.path()) {  // for the fsync of the directory, after the rename
      Put(scratch / "foreign", "of another\n");
      std::filesystem::rename(scratch / "foreign", path);
    }
    return 0;
  };
  ASSERT_EQ(Words(sink.Write("ours\n")), "replaced");
  calls.fault = {};
  ASSERT_EQ(Get(path), "of another\n");

  EXPECT_TRUE(sink.IsDisturbed());
  EXPECT_FALSE(sink.TouchIfStillOurs());
  EXPECT_EQ(Words(sink.Write("ours\n")), "replaced");
  EXPECT_FALSE(sink.IsDisturbed());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("something else has written it")));
}

TEST_F(FaultsTest, NeverTakesAFileThatCameDuringAWriteInPlaceForItsOwn) {
  bool refused = false;
  calls.fault = [&](const std::string& made) {
    if (made == "sync" && refused) {
      Put(scratch / "foreign", "of another\n");
      std::filesystem::rename(scratch / "foreign", path);
    }
    refused = refused || made.starts_with("rename ");
    return made.starts_with("rename ") ? EBUSY : 0;
  };
  ASSERT_EQ(Words(sink.Write("ours\n")), "in place");
  calls.fault = {};
  ASSERT_EQ(Get(path), "of another\n");
  EXPECT_TRUE(sink.IsDisturbed());
}

TEST_F(FaultsTest, NeverTakesAFileThatCameDuringATouchForItsOwn) {
  for (const bool by_write : {true, false}) {
    SCOPED_TRACE(by_write);
    ASSERT_TRUE(sink.Write("ours\n"));
    calls.fault = [this](const std::string& made) {
      if (made == "touch") {
        Put(scratch / "foreign", "of another\n");
        std::filesystem::rename(scratch / "foreign", path);
      }
      return 0;
    };
    if (by_write) {
      EXPECT_EQ(Words(sink.Write("ours\n")), "unchanged");
    } else {
      static_cast<void>(sink.TouchIfStillOurs());
    }
    calls.fault = {};
    ASSERT_EQ(Get(path), "of another\n");
    EXPECT_TRUE(sink.IsDisturbed());
  }
}

TEST_F(FaultsTest, NamesThePathTheReasonAndTheMend) {
  Break("sync", EIO);
  const std::string message = Words(sink.Write("new\n"));
  EXPECT_THAT(message,
              StartsWith("output file " + path + ": fsync " + scratch.path() + "/.a.yml.tmp-"));
  EXPECT_THAT(message, HasSubstr(": Input/output error (the old file is untouched): check " +
                                 scratch.path()));
}

TEST_F(FaultsTest, WritesInPlaceWhenTheRenameIsRefused) {
  for (const int code : {EACCES, EPERM, EROFS, EBUSY, EXDEV}) {
    Put(path, "old contents that are longer\n");
    warnings.clear();
    Break("rename", code);

    EXPECT_EQ(Words(sink.Write("new\n")), "in place") << code;

    EXPECT_EQ(Get(path), "new\n");
    EXPECT_THAT(Names(scratch.path()), ElementsAre("a.yml"));
    std::erase_if(warnings, IsOfAnotherWriter);  // this test is one, from the second round on
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("Prometheus may read a half-written file")));
  }
}

TEST_F(FaultsTest, WritesInPlaceWhenTheDirectoryTakesNoFile) {
  for (const int code : {EACCES, EPERM, EROFS}) {
    Put(path, "old contents\n");
    Break("open " + scratch.path() + "/.a.yml.tmp-", code);
    EXPECT_EQ(Words(sink.Write("new\n")), "in place") << code;
    EXPECT_EQ(Get(path), "new\n");
  }
}

TEST_F(FaultsTest, WritesInPlaceRatherThanLoseTheMode) {
  Put(path, "old contents\n", 0664);
  Break("chmod", EPERM);
  EXPECT_EQ(Words(sink.Write("new\n")), "in place");
  EXPECT_EQ(About(path).st_mode & 07777U, 0664U);
}

TEST_F(FaultsTest, FailsOnOtherRenameErrors) {
  Break("rename", EIO);
  EXPECT_THAT(Words(sink.Write("new\n")),
              HasSubstr("Input/output error (the old file is untouched)"));
  EXPECT_EQ(Get(path), "old contents\n");
}

TEST_F(FaultsTest, SaysThatAFileWrittenInPlaceMayBeDamaged) {
  for (const std::string call : {"write", "truncate", "sync"}) {
    Put(path, "old contents\n");
    calls.fault = [&](const std::string& made) {
      if (made.find(".tmp-") != std::string::npos) return EACCES;
      return made == call ? EIO : 0;
    };
    EXPECT_THAT(Words(sink.Write("new\n")),
                HasSubstr("Input/output error (the file may now hold a part of its contents)"))
        << call;
  }
}

TEST_F(FaultsTest, WritesInPlaceOnAFileSystemThatCannotReserve) {
  calls.fault = [](const std::string& made) {
    if (made.starts_with("rename")) return EBUSY;
    return made == "reserve" ? EOPNOTSUPP : 0;
  };
  EXPECT_EQ(Words(sink.Write("new\n")), "in place");
  EXPECT_EQ(Get(path), "new\n");
}

// Nothing is written over the old contents where there may be no room for the new ones.
TEST_F(FaultsTest, LeavesAFileInPlaceWhereThereIsNoRoom) {
  for (const int code : {ENOSPC, EDQUOT, EFBIG}) {
    calls.fault = [code](const std::string& made) {
      if (made.starts_with("rename")) return EBUSY;
      return made == "reserve" ? code : 0;
    };
    EXPECT_THAT(Words(sink.Write("new\n")), HasSubstr("(the old file is untouched)")) << code;
    EXPECT_EQ(Get(path), "old contents\n");
  }
}

TEST_F(FaultsTest, GoesOnAfterAnInterruption) {
  for (std::size_t i = 0; i < 8; ++i) {
    Put(path, "old contents\n");
    calls.made.clear();
    calls.fault = [&](const std::string& made) {
      const bool can = made.starts_with("open") || made == "write" || made == "sync";
      return can && calls.made.size() == i + 1 ? EINTR : 0;
    };
    EXPECT_EQ(Words(sink.Write("new\n")), "replaced") << calls.made[i];
    EXPECT_EQ(Get(path), "new\n");
  }
  std::erase_if(warnings, IsOfAnotherWriter);  // this test is one, from the second round on
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(FaultsTest, TakesAFileSystemWithoutSyncAsItIs) {
  Break("sync", EINVAL);
  EXPECT_EQ(Words(sink.Write("new\n")), "replaced");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(FaultsTest, WarnsOnceThatAPowerFailureMayBringTheOldFileBack) {
  calls.fault = [this](const std::string& made) {
    return made == "open " + scratch.path() ? EACCES : 0;
  };
  EXPECT_EQ(Words(sink.Write("1")), "replaced");
  EXPECT_EQ(Words(sink.Write("2")), "replaced");
  EXPECT_THAT(warnings,
              ElementsAre("output file " + path +
                          ": written, but a power failure may bring the old one back: open " +
                          scratch.path() + ": Permission denied"));
}

TEST_F(FaultsTest, WarnsOnceWhileTheTimeCannotBeMoved) {
  Break("touch", EPERM);
  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");
  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");
  EXPECT_THAT(warnings, SizeIs(1));

  calls.fault = nullptr;
  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");
  Break("touch", EPERM);
  EXPECT_EQ(Words(sink.Write("old contents\n")), "unchanged");
  EXPECT_THAT(warnings, SizeIs(2));
}

TEST_F(FaultsTest, WritesAFileThatItCannotRead) {
  Break("open " + path, EACCES);
  EXPECT_EQ(Words(sink.Write("old contents\n")), "replaced");
  EXPECT_EQ(Get(path), "old contents\n");
}

}  // namespace
}  // namespace ecsd::output
