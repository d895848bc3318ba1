#include "server/acceptor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

#include "support/mutex.h"
#include "telemetry/log.h"

namespace ecsd::server {
namespace {

constexpr int kLongestWaitMs = 1000;  // a wake-up that got lost costs no more than this
constexpr int kPauseMs = 100;
constexpr std::chrono::minutes kBetweenWarnings{1};

// The connection ended before it was taken, or another call is due (accept(2)).
bool IsPassing(int code) {
  return code == EAGAIN || code == EINTR || code == ECONNABORTED || code == EPROTO;
}

}  // namespace

Acceptor::Acceptor(int listener, unsigned int most, Add add, const telemetry::Log& log)
    : listener_(listener),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      most_(most),
      add_(std::move(add)),
      log_(log) {}

Acceptor::~Acceptor() {
  Stop();
  close(listener_);
  if (wake_ >= 0) close(wake_);
}

void Acceptor::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
}

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  Wake();
  thread_.join();
}

void Acceptor::Release() {
  bool was_full = false;
  {
    const support::MutexLock lock(mutex_);
    was_full = open_-- == most_;
  }
  if (was_full) Wake();
}

void Acceptor::Wake() const {
  if (wake_ >= 0) static_cast<void>(eventfd_write(wake_, 1));
}

bool Acceptor::HasRoom() {
  const support::MutexLock lock(mutex_);
  return open_ < most_;
}

void Acceptor::Accept(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool has_room = HasRoom();
    Wait(has_room ? listener_ : -1, kLongestWaitMs);
    if (has_room && !stop.stop_requested()) TakeOne();
  }
}

void Acceptor::Wait(int listener, int milliseconds) const {
  std::array<pollfd, 2> waiting{{{.fd = listener, .events = POLLIN, .revents = 0},
                                 {.fd = wake_, .events = POLLIN, .revents = 0}}};
  poll(waiting.data(), waiting.size(), milliseconds);
  eventfd_t ignored = 0;
  if (wake_ >= 0 && waiting[1].revents != 0) static_cast<void>(eventfd_read(wake_, &ignored));
}

void Acceptor::TakeOne() {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const int socket = accept4(listener_, generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) {
    if (const int code = errno; !IsPassing(code)) Pause(code);
    return;
  }
  {
    const support::MutexLock lock(mutex_);
    ++open_;
  }
  if (!add_(socket, generic, size)) Release();
}

void Acceptor::Pause(int code) {
  const auto now = std::chrono::steady_clock::now();
  if (!warned_ || now - *warned_ >= kBetweenWarnings) {
    warned_ = now;
    log_.Warn(
        "the web server cannot take another connection, which waits; raise the limit of open files "
        "(ulimit -n, LimitNOFILE=)",
        {{"error", std::generic_category().message(code)}});
  }
  Wait(-1, kPauseMs);
}

}  // namespace ecsd::server
