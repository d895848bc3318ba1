#include "aws/credential_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill and sigset_t are POSIX
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/run_program.h"
#include "support/clock.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;
using testing::MatchesRegex;

class RunProgramTest : public testing::Test {
 protected:
  [[nodiscard]] support::Result<std::string> Shell(const std::string& script,
                                                   std::chrono::milliseconds time = 1min,
                                                   const std::stop_token& stop = {}) {
    return RunProgram({.words = {"/bin/sh", "-c", script},
                       .environment = {"A=b"},
                       .time = time,
                       .most_output = 1000},
                      clock, {.stop = stop, .at = clock.Steady() + 5min});
  }

  support::RealClock clock;
  test::TemporaryDirectory directory;
};

TEST_F(RunProgramTest, GivesStandardOutputOnly) {
  EXPECT_EQ(Must(Shell("echo out; echo err >&2; cat")), "out\n");
}

TEST_F(RunProgramTest, GivesItsEnvironmentAndNothingElse) {
  EXPECT_EQ(Must(Shell("echo $A$HOME; ls /proc/self/fd | wc -l")), "b\n4\n");
}

TEST_F(RunProgramTest, LooksForTheProgramInPath) {
  EXPECT_EQ(Must(RunProgram(
                {.words = {"echo", "a  b"}, .environment = {}, .time = 1min, .most_output = 10},
                clock, {.stop = {}, .at = clock.Steady() + 1min})),
            "a  b\n");
}

TEST_F(RunProgramTest, SaysHowItFailed) {
  const auto run = [&](std::string name) {
    return FailureOf(
        RunProgram({.words = {std::move(name)}, .environment = {}, .time = 1min, .most_output = 10},
                   clock, {.stop = {}, .at = clock.Steady() + 1min}));
  };
  EXPECT_EQ(run("/no/such"), (Failed{.kind = ErrorKind::kCredentials,
                                     .message = "/no/such cannot be started: No such file or "
                                                "directory"}));
  EXPECT_EQ(FailureOf(Shell("exit 3")),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "/bin/sh ended with status 3; run it by hand to see why"}));
  EXPECT_EQ(FailureOf(Shell("kill -9 $$")).message,
            "/bin/sh ended with signal 9; run it by hand to see why");
}

TEST_F(RunProgramTest, RefusesTooMuchOutput) {
  EXPECT_EQ(FailureOf(Shell("yes")), (Failed{.kind = ErrorKind::kCredentials,
                                             .message = "/bin/sh wrote more than 1000 bytes"}));
}

// Whether the process is there, or was there a moment ago.
bool Lives(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string name;
  char state = 'Z';
  stat >> pid >> name >> state;
  return stat && state != 'Z';
}

// Reads a process id that a script wrote to `file`.
pid_t ReadPid(const std::string& file) {
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  EXPECT_GT(pid, 0);
  return pid;
}

// The failure of `run(time)`, which starts a program that writes `file` and never ends: with more
// time each time, until a slow machine got as far as that.
template <typename Run>
Failed KilledAfterWriting(const std::string& file, const Run& run) {
  for (auto time = 3s;; time *= 4) {
    auto failed = FailureOf(run(time));
    if (std::ifstream(file).peek() != EOF || time > 3min) return failed;
  }
}

TEST_F(RunProgramTest, KillsWhatTakesTooLongWithAllThatItStarted) {
  const auto file = directory.path() + "/pid";
  const auto run = [&](auto time) {
    return Shell("sleep 600 & echo $! > " + file + "; wait", time);
  };
  EXPECT_EQ(KilledAfterWriting(file, run),
            (Failed{.kind = ErrorKind::kTimeout,
                    .message = "/bin/sh did not end in time and was killed"}));
  const auto pid = ReadPid(file);
  const auto killed = clock.Steady();
  while (Lives(pid) && clock.Steady() - killed < 60s) std::this_thread::yield();
  EXPECT_FALSE(Lives(pid));
}

// It used to survive: only the process group of the program was killed.
TEST_F(RunProgramTest, KillsWhatHasMadeAProcessGroupOfItsOwn) {
  const auto file = directory.path() + "/pid";
  const auto script = "set -m; sleep 600 & echo $! > " + file + "; wait";
  const auto run = [&](auto time) {
    return RunProgram(
        {.words = {"/bin/bash", "-c", script}, .environment = {}, .time = time, .most_output = 10},
        clock, {.stop = {}, .at = clock.Steady() + 5min});
  };
  EXPECT_EQ(KilledAfterWriting(file, run).kind, ErrorKind::kTimeout);
  EXPECT_FALSE(Lives(ReadPid(file)));
}

TEST_F(RunProgramTest, KillsWhatHasMadeASessionOfItsOwnButIsWaitedFor) {
  const auto file = directory.path() + "/pid";
  const auto script = "setsid sh -c 'echo $$ > " + file + "; exec sleep 600'; true";
  const auto run = [&](auto time) { return Shell(script, time); };
  EXPECT_EQ(KilledAfterWriting(file, run).kind, ErrorKind::kTimeout);
  EXPECT_FALSE(Lives(ReadPid(file)));
}

// The reading used to wait for the background process until the time was up, and failed then.
TEST_F(RunProgramTest, EndsWithTheProgramThoughAnotherHoldsItsOutputOpen) {
  const auto file = directory.path() + "/pid";
  const auto started = clock.Steady();
  EXPECT_EQ(Must(Shell("sleep 600 & echo $! > " + file + "; echo out", 5min)), "out\n");
  EXPECT_LT(clock.Steady() - started, 2min);
  EXPECT_FALSE(Lives(ReadPid(file)));
}

TEST_F(RunProgramTest, LeavesADaemonAlone) {
  const auto file = directory.path() + "/pid";
  const auto daemon = "setsid sh -c 'echo $$ > " + file + "; exec sleep 600' > /dev/null &";
  EXPECT_EQ(Must(Shell(daemon + " while ! [ -s " + file + " ]; do :; done; echo out", 5min)),
            "out\n");
  const auto pid = ReadPid(file);
  EXPECT_TRUE(Lives(pid));
  kill(pid, SIGKILL);
}

// As process 1 of a container, to which all orphans come.
TEST_F(RunProgramTest, LeavesNoZombieWhereOrphansBecomeOurs) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  EXPECT_EQ(Must(Shell("sleep 600 & sh -c 'sleep 600 & :'; true & echo out", 5min)), "out\n");
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

TEST_F(RunProgramTest, HasNoTerminalAndNoSignalBlocked) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  EXPECT_EQ(Must(Shell("grep SigBlk /proc/self/status")), "SigBlk:\t0000000000000000\n");
  pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
  EXPECT_EQ(Must(Shell("(: < /dev/tty) 2>/dev/null || echo none")), "none\n");
}

TEST_F(RunProgramTest, EndsWhenItIsStopped) {
  std::stop_source stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  const auto started = clock.Steady();
  // One that still has its output open, and one that has closed it.
  EXPECT_EQ(FailureOf(Shell("sleep 600", 1min, stop.get_token())).kind, ErrorKind::kCancelled);
  EXPECT_EQ(FailureOf(Shell("exec >&-; sleep 600", 1min, stop.get_token())).kind,
            ErrorKind::kCancelled);
  EXPECT_LT(clock.Steady() - started, 30s);
}

class ProcessSourceTest : public testing::Test {
 protected:
  [[nodiscard]] support::Result<Credentials> Print(const std::string& text) {
    ProcessSource source(
        {.words = {"/bin/sh", "-c", "printf %s \"$TEXT\""}, .profile = "p"},
        Environment(std::map<std::string, std::string, std::less<>>{{"TEXT", text}}), clock);
    return source.Fetch({.stop = {}, .at = clock.Steady() + 1min});
  }

  support::RealClock clock;
};

TEST_F(ProcessSourceTest, ReadsWhatTheProgramPrints) {
  const auto credentials =
      Must(Print(R"({"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s"})"));
  EXPECT_EQ(credentials.access_key_id, "ASIA");
  EXPECT_EQ(credentials.source, "credential_process of profile p");
  EXPECT_TRUE(credentials.costly);
}

TEST_F(ProcessSourceTest, RefusesOtherOutputWithoutQuotingIt) {
  EXPECT_EQ(FailureOf(Print("secret")),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "credential_process of profile p: the document of credentials is no "
                               "JSON object"}));
  EXPECT_EQ(FailureOf(Print(R"({"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s",)"
                            R"("SessionToken":"t","Expiration":"2020-01-01T00:00:00Z"})")),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "credential_process of profile p: what it printed has expired "
                               "already"}));
}

}  // namespace
}  // namespace ecsd::aws
