#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/transport.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::http {

// HttpTransport over libcurl. It keeps idle connections open and lends each to one call at a time,
// so there are as many as calls were ever in flight together. Follows the safe recipe for
// CURLOPT_AWS_SIGV4 in libcurl 7.87 to 8.x: POST only, no query, only headers that are really sent,
// no redirects.
class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(std::string user_agent);
  ~CurlTransport() override;

  [[nodiscard]] support::Result<Response> Perform(const Request& request,
                                                  const std::stop_token& stop) override;

 private:
  struct Connection;  // libcurl's handles

  [[nodiscard]] std::unique_ptr<Connection> TakeIdle() ECSD_EXCLUDES(mutex_);
  void PutBack(std::unique_ptr<Connection> connection) ECSD_EXCLUDES(mutex_);

  // Constant after construction.
  const std::string user_agent_;

  support::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::http
