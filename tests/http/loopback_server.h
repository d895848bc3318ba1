#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/transport.h"

namespace ecsd::http {

// A request as it came over the wire. Header names are in lower case; `header_lines` counts all
// lines, repeated ones too.
struct Received {
  std::string start_line;
  std::map<std::string, std::string, std::less<>> headers;
  std::size_t header_lines = 0;
  std::string body;
};

// One accepted TCP connection. Used by one thread, but for Shutdown().
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // The next request with its whole body; nothing when the client closed the connection.
  [[nodiscard]] std::optional<Received> Read();
  // Sends bytes as they are; false when the client is gone.
  [[nodiscard]] bool TrySend(std::string_view bytes) const;
  // The same where that does not matter.
  void Send(std::string_view bytes) const { static_cast<void>(TrySend(bytes)); }
  // Returns when the client has closed the connection, or the server ends.
  void WaitForEnd();
  // Closes in a way that the client sees as "connection reset by peer".
  void Reset();
  // Makes every call in another thread return.
  void Shutdown();

 private:
  bool Fill();

  std::mutex mutex_;  // of closing against Shutdown()
  int socket_;
  std::string buffer_;
};

// A TCP server on a free port of 127.0.0.1 that calls `serve` in a thread of its own for every
// connection. Ends with the object; `serve` must then return once its Peer's calls fail.
class LoopbackServer {
 public:
  using Serve = std::function<void(Peer& peer)>;

  explicit LoopbackServer(Serve serve);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const;
  // How many connections were accepted so far.
  [[nodiscard]] std::size_t connections() const;

 private:
  void Accept();

  const Serve serve_;
  std::uint16_t port_ = 0;
  int listener_;  // after port_, which opening it sets
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Peer>> peers_;  // guarded by mutex_
  std::vector<std::jthread> threads_;         // touched by acceptor_ only
  std::jthread acceptor_;
};

// An answer with status 200 and a Content-Length. `headers` are whole lines with their ends.
[[nodiscard]] std::string HttpAnswer(std::string_view body, std::string_view headers = "",
                                     std::string_view status = "200 OK");

// Answers every request on a connection with `answer`.
[[nodiscard]] LoopbackServer::Serve AnswerAll(std::string answer);

// A POST of `body` to `url`, with 10 s for all of it.
[[nodiscard]] Request Post(std::string url, std::string body = "{}");

}  // namespace ecsd::http
