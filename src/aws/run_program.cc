#include "aws/run_program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t is POSIX
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "aws/process_session.h"
#include "support/clock.h"
#include "support/descriptor.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::Descriptor;
using support::ErrorKind;
using support::Fail;
using support::Result;

// What posix_spawn is told besides the program.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    // Nothing that we have open is the program's business.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    // A session of its own, to be ended whole, and none of the signals that we block.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }

  [[nodiscard]] Result<pid_t> Start(const Program& program) const {
    auto words = program.words;
    auto environment = program.environment;
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> list;
      list.reserve(texts.size() + 1);
      for (auto& text : texts) list.push_back(text.data());
      list.push_back(nullptr);
      return list;
    };
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, words.front().c_str(), &actions_, &attributes_,
                                   pointers(words).data(), pointers(environment).data());
    if (error == 0) return pid;
    return Fail(ErrorKind::kCredentials,
                fmt::format("{} cannot be started: {}", program.words.front(),
                            std::generic_category().message(error)));
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// One run: where its output comes from and when it must be over.
struct Run {
  const Program& program;
  const support::Clock& clock;
  support::SteadyTime end;
  std::stop_token stop;
};

Result<void> CheckTime(const Run& run) {
  const auto& name = run.program.words.front();
  if (run.stop.stop_requested()) return Fail(ErrorKind::kCancelled, name + ": stopped");
  if (run.clock.Steady() < run.end) return {};
  return Fail(ErrorKind::kTimeout, fmt::format("{} did not end in time and was killed", name));
}

// Waits until there is something to read from `output`, `stop` is readable or `end` has come; false
// when there is nothing to read.
bool WaitForOutput(const Run& run, support::SteadyTime end, int output, int stop) {
  // How soon the end of a program is noticed whose output others hold open.
  constexpr std::chrono::milliseconds kLongestPoll{20};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - run.clock.Steady());
  const auto wait = std::clamp(left, std::chrono::milliseconds(0), kLongestPoll);
  std::array<pollfd, 2> waited{pollfd{.fd = output, .events = POLLIN, .revents = 0},
                               pollfd{.fd = stop, .events = POLLIN, .revents = 0}};
  return poll(waited.data(), waited.size(), static_cast<int>(wait.count())) > 0 &&
         waited[0].revents != 0;
}

// Reads until the end of `output`, or until a moment after the program has ended, for what it
// started may hold its output open. `stop` becomes readable when the run is to be stopped.
Result<std::string> ReadOutput(const Run& run, const ProcessSession& session, int output,
                               int stop) {
  constexpr std::chrono::milliseconds kLastWords{500};
  std::string text;
  std::array<char, 4096> piece{};
  auto end = run.end;
  bool ended = false;
  while (true) {
    if (auto checked = CheckTime(run); !checked) return tl::unexpected(std::move(checked).error());
    if (!ended && session.LeaderStatus()) {
      ended = true;
      end = run.clock.Steady() + kLastWords;
    }
    if (!WaitForOutput(run, end, output, stop)) {
      if (ended && run.clock.Steady() >= end) return text;
      continue;
    }
    const auto size = read(output, piece.data(), piece.size());
    const bool interrupted = size < 0 && errno == EINTR;
    if (size <= 0 && !interrupted) return text;
    text.append(piece.data(), static_cast<std::size_t>(std::max(size, ssize_t{0})));
    if (text.size() > run.program.most_output) {
      return Fail(ErrorKind::kCredentials,
                  fmt::format("{} wrote more than {} bytes", run.program.words.front(),
                              run.program.most_output));
    }
  }
}

Result<void> WaitForEnd(const Run& run, const ProcessSession& session) {
  constexpr std::chrono::milliseconds kStep{5};
  std::optional<ExitStatus> status;
  while (!(status = session.LeaderStatus())) {
    if (auto checked = CheckTime(run); !checked) return checked;
    static_cast<void>(run.clock.SleepUntil(run.stop, run.clock.Steady() + kStep));
  }
  if (status->exited && status->number == 0) return {};
  const auto how = fmt::format("{} {}", status->exited ? "status" : "signal", status->number);
  return Fail(ErrorKind::kCredentials, fmt::format("{} ended with {}; run it by hand to see why",
                                                   run.program.words.front(), how));
}

}  // namespace

Result<std::string> RunProgram(const Program& program, const support::Clock& clock,
                               const Deadline& deadline) {
  std::array<int, 2> ends{-1, -1};
  const Descriptor stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stopped.get() < 0 || pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kIo, fmt::format("{}: no pipe to run it with: {}", program.words.front(),
                                            std::generic_category().message(errno)));
  }
  const Descriptor output(ends[0]);
  Descriptor input(ends[1]);
  const auto pid = SpawnPlan(input.get()).Start(program);
  if (!pid) return tl::unexpected(pid.error());
  input = Descriptor();
  const ProcessSession session(*pid);
  const std::stop_callback wake(deadline.stop, [&stopped] {
    const std::uint64_t one = 1;
    static_cast<void>(!write(stopped.get(), &one, sizeof(one)));
  });
  const Run run{.program = program,
                .clock = clock,
                .end = std::min(deadline.at, clock.Steady() + program.time),
                .stop = deadline.stop};
  auto text = ReadOutput(run, session, output.get(), stopped.get());
  if (!text) return text;
  if (auto ended = WaitForEnd(run, session); !ended)
    return tl::unexpected(std::move(ended).error());
  return text;
}

}  // namespace ecsd::aws
