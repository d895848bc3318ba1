#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/answer.h"
#include "sim/http_request.h"
#include "support/result.h"

namespace ecsd::sim {

struct ListenAddress {
  std::string host = "127.0.0.1";  // an IPv4 address
  std::uint16_t port = 0;          // 0: any free one
};

// An HTTP/1.1 server on threads of its own. Answers as the handler says, each delayed by `latency`
// without holding a thread.
class HttpFront {
 public:
  // Called from the server's threads, by several at a time.
  using Handler = std::function<Answer(const HttpRequest&)>;

  // Fails with kIo when the address cannot be listened at.
  [[nodiscard]] static support::Result<std::unique_ptr<HttpFront>> Start(
      const ListenAddress& address, std::chrono::milliseconds latency, Handler handler);

  // Closes every connection, also those whose answer is delayed or hanging.
  ~HttpFront();
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Server;
  explicit HttpFront(std::unique_ptr<Server> server);

  std::unique_ptr<Server> server_;
};

}  // namespace ecsd::sim
