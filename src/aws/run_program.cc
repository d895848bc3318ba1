#include "aws/run_program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill and sigset_t are POSIX
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <sys/wait.h>
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
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// A file descriptor that is closed with it.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  [[nodiscard]] int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// A child that leads a process group; both are killed with this object, if the child still runs.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // How it ended; nothing while it runs.
  [[nodiscard]] std::optional<int> Ended() {
    int status = 0;
    const auto waited = waitpid(pid_, &status, WNOHANG);
    if (waited == 0 || (waited < 0 && errno == EINTR)) return std::nullopt;
    pid_ = -1;
    return waited < 0 ? -1 : status;
  }

 private:
  pid_t pid_;
};

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
    // A group of its own, to be killed whole, and none of the signals that we block.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
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

// Reads until the end of `output`; `stop` becomes readable when the run is to be stopped.
Result<std::string> ReadOutput(const Run& run, int output, int stop) {
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    if (auto checked = CheckTime(run); !checked) return tl::unexpected(std::move(checked).error());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(run.end - run.clock.Steady());
    constexpr std::chrono::milliseconds kLongestPoll{1000};
    std::array<pollfd, 2> waited{pollfd{.fd = output, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = stop, .events = POLLIN, .revents = 0}};
    if (poll(waited.data(), waited.size(),
             static_cast<int>(
                 std::clamp(left, std::chrono::milliseconds(0), kLongestPoll).count())) <= 0 ||
        waited[0].revents == 0) {
      continue;
    }
    const auto size = read(output, piece.data(), piece.size());
    if (size == 0) return text;
    if (size < 0 && errno != EINTR) return text;
    if (size > 0) text.append(piece.data(), static_cast<std::size_t>(size));
    if (text.size() > run.program.most_output) {
      return Fail(ErrorKind::kCredentials,
                  fmt::format("{} wrote more than {} bytes", run.program.words.front(),
                              run.program.most_output));
    }
  }
}

Result<void> WaitForEnd(const Run& run, Child& child) {
  constexpr std::chrono::milliseconds kStep{5};
  std::optional<int> status;
  while (!(status = child.Ended())) {
    if (auto checked = CheckTime(run); !checked) return checked;
    static_cast<void>(run.clock.SleepUntil(run.stop, run.clock.Steady() + kStep));
  }
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  const auto how = WIFEXITED(*status) ? fmt::format("status {}", WEXITSTATUS(*status))
                                      : fmt::format("signal {}", WTERMSIG(*status));
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
  input.Close();
  Child child(*pid);
  const std::stop_callback wake(deadline.stop, [&stopped] {
    const std::uint64_t one = 1;
    static_cast<void>(!write(stopped.get(), &one, sizeof(one)));
  });
  const Run run{.program = program,
                .clock = clock,
                .end = std::min(deadline.at, clock.Steady() + program.time),
                .stop = deadline.stop};
  auto text = ReadOutput(run, output.get(), stopped.get());
  if (!text) return text;
  if (auto ended = WaitForEnd(run, child); !ended) return tl::unexpected(std::move(ended).error());
  return text;
}

}  // namespace ecsd::aws
