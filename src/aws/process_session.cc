#include "aws/process_session.h"

#include <dirent.h>
#include <fmt/core.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/strings.h"

namespace ecsd::aws {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// What /proc/PID/stat says of a process (proc(5)).
struct Process {
  pid_t pid = 0;
  char state = '?';
  pid_t parent = 0;
  pid_t session = 0;
};

std::optional<Process> ReadProcess(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto name_end = line.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  Process process{.pid = pid};
  pid_t group = 0;
  rest >> process.state >> process.parent >> group >> process.session;
  return rest ? std::optional(process) : std::nullopt;
}

std::vector<Process> AllProcesses() {
  std::vector<Process> all;
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc"));
  if (!directory) return all;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone
  while (const auto* entry = readdir(directory.get())) {
    const auto pid = support::ParseDecimal(static_cast<const char*>(entry->d_name));
    if (!pid) continue;
    if (const auto process = ReadProcess(static_cast<pid_t>(*pid))) all.push_back(*process);
  }
  return all;
}

// The leader, its descendants, and what else is of its session.
std::set<pid_t> FindMembers(const std::vector<Process>& all, pid_t leader) {
  std::set<pid_t> members{leader};
  bool grew = true;
  while (grew) {
    grew = false;
    for (const auto& process : all) {
      if (process.session == leader || members.contains(process.parent))
        grew = members.insert(process.pid).second || grew;
    }
  }
  return members;
}

// Ends what is left of a session.
class SessionEnd {
 public:
  explicit SessionEnd(pid_t leader) : leader_(leader) {}

  // Kills and reaps what can be; true when only the dead leader is left, or what others have to
  // reap.
  [[nodiscard]] bool Step() {
    const auto all = AllProcesses();
    const auto members = FindMembers(all, leader_);
    bool over = true;
    for (const auto& process : all) {
      const bool dead = process.state == 'Z' || process.state == 'X';
      const bool member = members.contains(process.pid);
      if (member && !dead) {
        kill(process.pid, SIGKILL);
        killed_.insert(process.pid);
      }
      if (!member && !killed_.contains(process.pid)) continue;
      over = over && dead;
      const bool ours = process.parent == getpid() && process.pid != leader_;
      if (dead && ours) waitpid(process.pid, nullptr, WNOHANG);
    }
    return over;
  }

 private:
  const pid_t leader_;
  std::set<pid_t> killed_;
};

}  // namespace

ProcessSession::~ProcessSession() {
  constexpr std::chrono::milliseconds kPause{2};
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  SessionEnd end(leader_);
  while (!end.Step() && std::chrono::steady_clock::now() < latest)
    std::this_thread::sleep_for(kPause);
  kill(-leader_, SIGKILL);  // where /proc could not be read
  while (waitpid(leader_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<ExitStatus> ProcessSession::LeaderStatus() const {
  siginfo_t info{};
  // Does not reap it.
  const int waited = waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG | WNOWAIT);
  if (waited < 0 && errno != EINTR) return ExitStatus{};
  if (waited < 0 || info.si_pid == 0) return std::nullopt;
  return ExitStatus{.exited = info.si_code == CLD_EXITED, .number = info.si_status};
}

}  // namespace ecsd::aws
