#pragma once

#include <sys/types.h>

#include <optional>

namespace ecsd::aws {

// How a process ended.
struct ExitStatus {
  bool exited = false;  // false: a signal ended it
  int number = 0;       // its status, or the signal
};

// A child process that leads a session (setsid) of its own, and all processes of that session,
// whatever process groups they made. Ends them with this object, and also what has made a session
// of its own while its parents still run. Once its parents have ended, such a process has left: a
// daemon is meant to outlive the program that starts it.
//
// Used by one thread. The leader is not reaped before the session is over, so that its process id,
// which is the id of the session, cannot become that of others meanwhile.
class ProcessSession {
 public:
  explicit ProcessSession(pid_t leader) : leader_(leader) {}
  ProcessSession(const ProcessSession&) = delete;
  ProcessSession& operator=(const ProcessSession&) = delete;
  // Kills (SIGKILL) what is left, found in /proc (where that cannot be read, only the leader's
  // process group), and waits up to a second until it is gone. Leaves no zombie, also where orphans
  // become our children, because we are process 1 of a container.
  ~ProcessSession();

  // How the leader ended; nothing while it runs.
  [[nodiscard]] std::optional<ExitStatus> LeaderStatus() const;

 private:
  const pid_t leader_;
};

}  // namespace ecsd::aws
