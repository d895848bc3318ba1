#include "app/service_manager.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "aws/environment.h"
#include "support/clock.h"
#include "support/descriptor.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

// The time of the manager's watchdog, if it watches `process`.
std::optional<std::chrono::microseconds> WatchdogTime(const aws::Environment& environment,
                                                      pid_t process) {
  const auto watched = environment.Get("WATCHDOG_PID");
  if (!watched.empty() && support::ParseDecimal(watched) != process) return std::nullopt;
  const auto time = support::ParseDecimal(environment.Get("WATCHDOG_USEC"));
  if (!time || *time <= 0) return std::nullopt;
  return std::chrono::microseconds(*time);
}

}  // namespace

ServiceManager::ServiceManager(const aws::Environment& environment, pid_t process,
                               const support::Clock& clock)
    : clock_(clock), socket_(environment.Get("NOTIFY_SOCKET")) {
  constexpr int kSignsInTime = 3;
  if (const auto time = WatchdogTime(environment, process)) between_signs_ = *time / kSignsInTime;
}

void ServiceManager::Status(std::string_view text) const {
  constexpr std::size_t kLongest = 500;
  Send("STATUS=" + support::OneLine(text, kLongest));
}

void ServiceManager::Alive() {
  if (!between_signs_) return;
  const auto now = clock_.Steady();
  if (next_sign_ && now < *next_sign_) return;
  next_sign_ = now + *between_signs_;
  Send("WATCHDOG=1");
}

void ServiceManager::Send(std::string_view message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A path, or '@' for the abstract name space, where it is a zero byte.
  const bool known = socket_.starts_with('/') || socket_.starts_with('@');
  if (!known || socket_.size() >= sizeof(address.sun_path)) return;
  std::ranges::copy(socket_, std::begin(address.sun_path));
  if (socket_.starts_with('@')) address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const support::Descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): of the socket interface
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  static_cast<void>(::sendto(sender.get(), message.data(), message.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT, generic, size));
}

}  // namespace ecsd::app
