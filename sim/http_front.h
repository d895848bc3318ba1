#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/answer.h"
#include "sim/http_request.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::sim {

struct ListenAddress {
  std::string host = "127.0.0.1";  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;          // 0: any free one
};

// What a server needs to speak HTTPS: the texts of PEM files, and GnuTLS's priority string.
struct TlsIdentity {
  std::string certificate;
  support::Secret key;
  std::string priorities = "NORMAL";
};

struct FrontOptions {
  ListenAddress address;
  std::chrono::milliseconds latency{0};
  std::optional<TlsIdentity> tls;
};

// An HTTP/1.1 server on threads of its own. Answers as the handler says, each delayed by `latency`
// without holding a thread.
class HttpFront {
 public:
  // Called from the server's threads, by several at a time.
  using Handler = std::function<Answer(const HttpRequest&)>;

  // Fails with kIo when the address cannot be listened at, also because of the TLS files.
  [[nodiscard]] static support::Result<std::unique_ptr<HttpFront>> Start(
      const FrontOptions& options, Handler handler);

  // Closes every connection, also those whose answer is delayed or hanging.
  ~HttpFront();
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Such as `https://[::1]:8443`.
  [[nodiscard]] const std::string& url() const;

 private:
  class Server;
  explicit HttpFront(std::unique_ptr<Server> server);

  std::unique_ptr<Server> server_;
};

}  // namespace ecsd::sim
