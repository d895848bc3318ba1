#include "http/loopback_server.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/transport.h"
#include "support/strings.h"

namespace ecsd::http {
namespace {

// libcurl would send requests for 127.0.0.1 to a proxy that the environment names.
class NoProxy final : public testing::Environment {
 public:
  void SetUp() override {
    for (const auto* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
      ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): before any other thread
  }
};

[[maybe_unused]] const auto* const no_proxy = testing::AddGlobalTestEnvironment(new NoProxy);

int Listen(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, 64) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    ADD_FAILURE() << "cannot listen on 127.0.0.1";
  }
  port = ntohs(address.sin_port);
  return listener;
}

Received ParseHead(std::string_view head) {
  Received received;
  for (const auto line : support::SplitLines(head)) {
    if (received.start_line.empty()) {
      received.start_line = line;
      continue;
    }
    const auto colon = line.find(':');
    ++received.header_lines;
    received.headers[support::ToLower(line.substr(0, colon))] =
        support::Trim(line.substr(colon + 1));
  }
  return received;
}

}  // namespace

Peer::~Peer() {
  if (socket_ >= 0) ::close(socket_);
}

bool Peer::Fill() {
  std::array<char, 65536> piece{};
  const auto size = ::recv(socket_, piece.data(), piece.size(), 0);
  if (size <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<Received> Peer::Read() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  while (buffer_.find(kEnd) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  const auto head = buffer_.find(kEnd) + kEnd.size();
  auto received = ParseHead(std::string_view(buffer_).substr(0, head));
  const auto length = support::ParseDecimal(received.headers["content-length"]).value_or(0);
  const auto total = head + static_cast<std::size_t>(length);
  while (buffer_.size() < total) {
    if (!Fill()) return std::nullopt;
  }
  received.body = buffer_.substr(head, total - head);
  buffer_.erase(0, total);
  return received;
}

bool Peer::TrySend(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::WaitForEnd() {
  while (Fill()) buffer_.clear();
}

void Peer::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  EXPECT_EQ(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
  const std::scoped_lock lock(mutex_);
  ::close(std::exchange(socket_, -1));
}

void Peer::Shutdown() {
  const std::scoped_lock lock(mutex_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

LoopbackServer::LoopbackServer(Serve serve)
    : serve_(std::move(serve)), listener_(Listen(port_)), acceptor_([this] { Accept(); }) {}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_, SHUT_RDWR);  // ends accept()
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& peer : peers_) peer->Shutdown();
  }
  threads_.clear();
  ::close(listener_);
}

void LoopbackServer::Accept() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    Peer* peer = nullptr;
    {
      const std::scoped_lock lock(mutex_);
      peer = peers_.emplace_back(std::make_unique<Peer>(socket)).get();
    }
    threads_.emplace_back([this, peer] {
      serve_(*peer);
      peer->Shutdown();
    });
  }
}

std::string LoopbackServer::url() const {
  return fmt::format("http://127.0.0.1:{}/", port_);
}

std::size_t LoopbackServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return peers_.size();
}

std::string HttpAnswer(std::string_view body, std::string_view headers, std::string_view status) {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(),
                     body);
}

LoopbackServer::Serve AnswerAll(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    while (peer.Read() && peer.TrySend(answer)) {
    }
  };
}

Request Post(std::string url, std::string body) {
  return {.url = std::move(url),
          .headers = {"Content-Type: application/x-amz-json-1.1"},
          .body = std::move(body),
          .signature = std::nullopt,
          .connect_timeout = std::chrono::seconds(50),
          .total_timeout = std::chrono::seconds(50)};
}

}  // namespace ecsd::http
