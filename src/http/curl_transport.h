#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "http/authorities.h"
#include "http/transport.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/thread_annotations.h"

namespace ecsd::http {

// HttpTransport over libcurl. It keeps idle connections open and lends each to one call at a time,
// so there are as many as calls were ever in flight together. Follows the safe recipe for
// CURLOPT_AWS_SIGV4 in libcurl 7.87 to 8.x: POST only, no query, only headers that are really sent,
// no redirects. TLS is 1.2 or newer, and certificates are verified. Proxies are those of the
// environment as libcurl reads it: https_proxy, HTTPS_PROXY, http_proxy, all_proxy, ALL_PROXY, and
// no_proxy or NO_PROXY for what goes direct.
class CurlTransport final : public HttpTransport {
 public:
  struct Parameters {
    std::string user_agent;
    std::string ca_bundle;   // PEM file instead of the system's authorities; empty: those
    std::string http_proxy;  // for http:// URLs; empty: http_proxy of the environment
    // What a proxy is called in messages that it refuses a call, for https:// and http:// URLs,
    // such as "HTTPS_PROXY, http://proxy:3128,". Without a login in it.
    std::string https_proxy_name = "the environment";
    std::string http_proxy_name = "the environment";
    std::vector<support::Secret> proxy_secrets;  // passwords of the proxies
    // Certificates are not verified: for nothing but calls of this program to itself.
    bool trusts_any_peer = false;
  };

  explicit CurlTransport(Parameters parameters);
  ~CurlTransport() override;

 private:
  struct Connection;  // libcurl's handles

  [[nodiscard]] support::Result<Response> Send(const Request& request,
                                               const std::stop_token& stop) override;
  [[nodiscard]] std::vector<support::Secret> OwnSecrets() const override {
    return parameters_.proxy_secrets;
  }
  [[nodiscard]] std::unique_ptr<Connection> TakeIdle() ECSD_EXCLUDES(mutex_);
  void PutBack(std::unique_ptr<Connection> connection) ECSD_EXCLUDES(mutex_);
  // After a stall: a path that went dead silently took the idle connections with it.
  void CloseIdle() ECSD_EXCLUDES(mutex_);

  // Constant after construction.
  const Parameters parameters_;

  Authorities authorities_;

  support::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::http
