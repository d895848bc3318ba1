#include "sim/exporters.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "support/result.h"

namespace ecsd::sim {
namespace {

constexpr int kBacklog = 16;
constexpr std::size_t kLongestRequest = 16384;
constexpr int kEventsAtOnce = 64;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

struct Listener {
  Descriptor socket;
  Exporter exporter;
  std::uint64_t scrapes = 0;
};

struct Connection {
  Descriptor socket;
  Listener* listener = nullptr;
  std::string request;
};

std::string LastError() {
  return std::generic_category().message(errno);
}

// Hundreds of listeners and their connections: more than the usual soft limit.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

support::Result<Descriptor> Listen(const Exporter& exporter) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) {
    return support::Fail(support::ErrorKind::kIo, "cannot make a socket: " + LastError());
  }
  const int on = 1;
  // NOLINTNEXTLINE(misc-include-cleaner): <sys/socket.h> is the header POSIX gives them
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(exporter.port);
  const bool valid = inet_pton(AF_INET, exporter.address.c_str(), &address.sin_addr) == 1;
  if (!valid ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(socket.get(), kBacklog) != 0) {
    return support::Fail(
        support::ErrorKind::kIo,
        fmt::format("cannot serve the exporter at {}:{}: {} (another ecs-sim of the "
                    "same seed?)",
                    exporter.address, exporter.port, LastError()));
  }
  return socket;
}

std::string Metrics(const Listener& listener) {
  return fmt::format(
      "# HELP ecs_sim_exporter_info The container this exporter stands for.\n"
      "# TYPE ecs_sim_exporter_info gauge\n"
      "ecs_sim_exporter_info{{cluster=\"{}\",task=\"{}\",container=\"{}\"}} 1\n"
      "# HELP ecs_sim_exporter_ready Whether the container is ready.\n"
      "# TYPE ecs_sim_exporter_ready gauge\n"
      "ecs_sim_exporter_ready 1\n"
      "# HELP ecs_sim_exporter_scrapes_total Scrapes answered so far.\n"
      "# TYPE ecs_sim_exporter_scrapes_total counter\n"
      "ecs_sim_exporter_scrapes_total {}\n",
      listener.exporter.cluster, listener.exporter.task, listener.exporter.container,
      listener.scrapes);
}

// The path of `GET /path?query HTTP/1.1`, empty for any other method.
std::string_view PathOf(std::string_view request) {
  if (!request.starts_with("GET ")) return {};
  request.remove_prefix(4);
  return request.substr(0, request.find_first_of(" ?\r\n"));
}

std::string Respond(Listener& listener, std::string_view request) {
  const bool found = PathOf(request) == listener.exporter.path;
  if (found) ++listener.scrapes;
  const std::string body = found ? Metrics(listener) : "no metrics here\n";
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      "Content-Length: {}\r\n\r\n{}",
      found ? "200 OK" : "404 Not Found", body.size(), body);
}

}  // namespace

class ExporterServer::Loop {
 public:
  support::Result<void> Open(std::vector<Exporter> exporters) {
    RaiseDescriptorLimit();
    epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    Watch(wake_.get());
    for (Exporter& exporter : exporters) {
      auto socket = Listen(exporter);
      if (!socket) return tl::unexpected(std::move(socket).error());
      const int fd = socket->get();
      listeners_.emplace(fd,
                         Listener{.socket = *std::move(socket), .exporter = std::move(exporter)});
      Watch(fd);
    }
    thread_ = std::jthread([this] { Run(); });
    return {};
  }

  ~Loop() {
    const std::uint64_t one = 1;
    // The counter cannot overflow by this single write, and a failed one has no other remedy.
    static_cast<void>(write(wake_.get(), &one, sizeof(one)));
  }
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] std::size_t size() const { return listeners_.size(); }

 private:
  void Watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void Run() {
    std::array<epoll_event, kEventsAtOnce> events{};
    while (true) {
      const int count = epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
        if (fd == wake_.get()) return;
        const auto listener = listeners_.find(fd);
        if (listener != listeners_.end()) {
          Accept(listener->second);
        } else if (!Read(connections_[fd])) {
          connections_.erase(fd);
        }
      }
    }
  }

  void Accept(Listener& listener) {
    Descriptor socket(
        accept4(listener.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int fd = socket.get();
    if (fd < 0) return;
    connections_[fd] = {.socket = std::move(socket), .listener = &listener, .request = {}};
    Watch(fd);
  }

  // False: the connection is done.
  static bool Read(Connection& connection) {
    std::array<char, 4096> buffer{};
    const ssize_t count = recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    connection.request.append(buffer.data(), static_cast<std::size_t>(count));
    while (true) {
      const std::size_t end = connection.request.find("\r\n\r\n");
      if (end == std::string::npos) return connection.request.size() < kLongestRequest;
      const std::string answer = Respond(*connection.listener, connection.request);
      connection.request.erase(0, end + 4);
      // An answer is far smaller than a socket's buffer: it goes out whole or the peer is gone.
      const ssize_t sent =
          send(connection.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      if (sent != static_cast<ssize_t>(answer.size())) return false;
    }
  }

  Descriptor epoll_;
  Descriptor wake_;
  std::unordered_map<int, Listener> listeners_;
  std::unordered_map<int, Connection> connections_;  // used by thread_ alone
  std::jthread thread_;
};

ExporterServer::ExporterServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

ExporterServer::~ExporterServer() = default;

support::Result<std::unique_ptr<ExporterServer>> ExporterServer::Start(
    std::vector<Exporter> exporters) {
  auto loop = std::make_unique<Loop>();
  if (auto opened = loop->Open(std::move(exporters)); !opened) {
    return tl::unexpected(std::move(opened).error());
  }
  return std::unique_ptr<ExporterServer>(new ExporterServer(std::move(loop)));
}

std::size_t ExporterServer::size() const {
  return loop_->size();
}

}  // namespace ecsd::sim
