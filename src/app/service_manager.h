#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "aws/environment.h"
#include "support/clock.h"

namespace ecsd::app {

// Tells the service manager that started this process (systemd) how it is: datagrams to the socket
// that NOTIFY_SOCKET names. Where it names none, nothing is sent. The protocol is stable and small
// (sd_notify(3), "Notes"), and libsystemd would bring five more libraries into the process.
//
// What cannot be sent is lost: a manager that does not listen must not hold up the discovery. It
// would see no READY=1 then and end the service itself.
//
// Any thread may call it, but Alive, which belongs to one.
class ServiceManager {
 public:
  // `process` is this process: WATCHDOG_PID may name another one, which the watchdog is for then.
  ServiceManager(const aws::Environment& environment, pid_t process, const support::Clock& clock);

  // The program has started: configuration and address are good, refreshes begin.
  void Ready() const { Send("READY=1"); }
  // The program was asked to stop, and ends.
  void Stopping() const { Send("STOPPING=1"); }
  // One line for people, which `systemctl status` shows.
  void Status(std::string_view text) const;
  // The program runs and is not stuck. To be called several times a second; sent so often that the
  // manager's watchdog (WatchdogSec=) hears of it at least twice in its time.
  void Alive();

 private:
  void Send(std::string_view message) const;

  const support::Clock& clock_;
  const std::string socket_;  // empty: nobody listens
  std::optional<std::chrono::microseconds> between_signs_;
  std::optional<support::SteadyTime> next_sign_;
};

}  // namespace ecsd::app
