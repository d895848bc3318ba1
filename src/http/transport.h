#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::http {

// How to sign a request with AWS Signature Version 4.
struct Signature {
  std::string region;
  std::string service;  // the signing name, such as "ecs"
  std::string access_key_id;
  support::Secret secret_access_key;
  support::Secret session_token;  // empty for long-term keys
  friend bool operator==(const Signature&, const Signature&) = default;
};

enum class Method : std::uint8_t { kPost, kGet, kPut };

// `headers` are "Name: value" lines with unique names; what libcurl or the signer sets itself
// (Host, Authorization, X-Amz-Date, X-Amz-Security-Token) must not be among them if it is signed.
// Only a POST to a URL without a query may be signed.
struct Request {
  std::string url;
  std::vector<std::string> headers;
  std::string body;
  std::optional<Signature> signature;
  std::chrono::milliseconds connect_timeout{};  // name look-up, connection and TLS
  std::chrono::milliseconds total_timeout{};
  // How long nothing may arrive once the request was sent, before the first byte too; zero: as long
  // as the total allows.
  std::chrono::milliseconds stall_timeout{};
  Method method = Method::kPost;
  bool direct = false;  // never through a proxy: metadata of the own machine
  std::string shown;    // what messages call it, for a URL that is a secret; empty: the URL
  // What else of it is secret besides the signature's keys, such as a token in a header: a response
  // may echo it.
  std::vector<support::Secret> secrets;
  friend bool operator==(const Request&, const Request&) = default;
};

// Room that a body has behind its end where its length was known beforehand: what simdjson needs to
// parse it where it is.
inline constexpr std::size_t kBodySlack = 64;

// A whole answer, decompressed, whatever its status.
struct Response {
  long status = 0;
  std::string body;
  std::string request_id;  // x-amzn-requestid; empty when not sent
  std::string error_type;  // x-amzn-errortype; empty when not sent
  std::optional<std::chrono::seconds>
      clock_ahead;  // how far the local clock is ahead of the answer's Date
  friend bool operator==(const Response&, const Response&) = default;
};

// Where HTTP begins, and the one place where what a response echoes of the request's secrets is
// hidden. Any thread may call; each call blocks until the answer is whole, a deadline passed or
// `stop` was requested.
class HttpTransport {
 public:
  HttpTransport() = default;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;
  virtual ~HttpTransport() = default;

  // kTransport, kTimeout or kCancelled when there is no whole answer; kCredentials when there is no
  // access key to sign with, or a header that cannot be sent. The message names the URL. No secret
  // of the request or of the transport is in an error's message, nor in a response whose status is
  // not 2xx (support/hide_secrets.h). A good response is as it came: use WithoutSecrets() for what
  // a message quotes of it.
  [[nodiscard]] support::Result<Response> Perform(const Request& request,
                                                  const std::stop_token& stop);

  // `text`, which may quote a response to `request`: without secrets of 16 characters and more.
  [[nodiscard]] std::string WithoutSecrets(std::string_view text, const Request& request) const;

 private:
  // Perform() without the hiding.
  [[nodiscard]] virtual support::Result<Response> Send(const Request& request,
                                                       const std::stop_token& stop) = 0;
  // Secrets that go with every request, such as the login of a proxy.
  [[nodiscard]] virtual std::vector<support::Secret> OwnSecrets() const { return {}; }
};

}  // namespace ecsd::http
