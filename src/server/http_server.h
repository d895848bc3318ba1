#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "server/certificate.h"
#include "server/listen_address.h"
#include "server/request.h"
#include "server/response.h"
#include "server/suspend.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::server {

// An HTTP/1.1 server, with TLS where a certificate is given. It keeps to limits whoever calls:
// kThreads threads, kMostConnections connections (fewer where the process may have few descriptors;
// kMostOfOneAddress of one address), 32 kB for a request's line and headers, 64 kB of a body (which
// is thrown away), 30 s without a byte, and `patience` for a whole request and its answer.
class HttpServer {
 public:
  static constexpr unsigned int kThreads = 4;
  static constexpr unsigned int kMostConnections = 512;
  static constexpr unsigned int kMostOfOneAddress = 256;
  static constexpr std::chrono::seconds kPatience{60};

  // Called from the server's threads, by several at a time. Must not throw. Gives nothing if and
  // only if it has called the Suspend, and is called again for this request then.
  using Handler = std::function<std::optional<Response>(const Request&, const Suspend&)>;

  // `certificate` may be null: plain HTTP. It and `log` must outlive the server. Fails as
  // OpenListener does, and with kResource when there are no threads or descriptors to serve with.
  [[nodiscard]] static support::Result<std::unique_ptr<HttpServer>> Start(
      const ListenAddress& address, Certificate* certificate, Handler handler,
      const telemetry::Log& log, std::chrono::milliseconds patience = kPatience);

  // Closes every connection.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  class Daemon;
  HttpServer(std::unique_ptr<Daemon> daemon, std::uint16_t port);

  std::unique_ptr<Daemon> daemon_;
  std::uint16_t port_;
};

}  // namespace ecsd::server
