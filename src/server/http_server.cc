#include "server/http_server.h"

#include <fmt/core.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "server/certificate.h"
#include "server/listen_address.h"
#include "server/request.h"
#include "server/response.h"
#include "server/stuck_connections.h"
#include "support/descriptors.h"
#include "support/result.h"
#include "support/strings.h"
#include "telemetry/log.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kConnectionMemory = std::size_t{32} * 1024;
constexpr std::uint64_t kLongestBody = std::uint64_t{64} * 1024;
constexpr unsigned int kIdleSeconds = 30;

// One request on its way; freed by MHD's completion call.
struct Exchange {
  Request request;
  bool begun = false;
  std::uint64_t body = 0;  // bytes of it seen
};

using SharedBody = std::shared_ptr<const std::string>;

void FreeBody(void* body) {
  const std::unique_ptr<SharedBody> owner(static_cast<SharedBody*>(body));
}

MHD_Response* MakeResponse(const Response& response) {
  if (response.body == nullptr || response.body->empty()) {
    return MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
  }
  auto body = std::make_unique<SharedBody>(response.body);
  const auto& bytes = **body;
  // MHD sends from this buffer and does not write to it.
  auto* data =
      const_cast<char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): MHD's type
  const std::size_t size = bytes.size();
  MHD_Response* made =
      MHD_create_response_from_buffer_with_free_callback_cls(size, data, &FreeBody, body.get());
  if (made != nullptr) static_cast<void>(body.release());  // FreeBody's now
  return made;
}

MHD_Result Send(MHD_Connection* connection, const Response& response) {
  MHD_Response* made = MakeResponse(response);
  if (made == nullptr) return MHD_NO;
  for (const auto& header : response.headers) {
    MHD_add_response_header(made, header.name.c_str(), header.value.c_str());
  }
  const MHD_Result queued = MHD_queue_response(connection, response.status, made);
  MHD_destroy_response(made);
  return queued;
}

std::string HeaderOf(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string() : std::string(value);
}

void ReadHeaders(MHD_Connection* connection, Request& request) {
  request.accept = HeaderOf(connection, MHD_HTTP_HEADER_ACCEPT);
  request.accept_encoding = HeaderOf(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
  request.authorization = HeaderOf(connection, MHD_HTTP_HEADER_AUTHORIZATION);
  request.fetch_site = HeaderOf(connection, "Sec-Fetch-Site");
  request.if_none_match = HeaderOf(connection, MHD_HTTP_HEADER_IF_NONE_MATCH);
}

bool IsTooLong(const std::string& content_length) {
  if (content_length.empty()) return false;
  const auto length = support::ParseDecimal(content_length);
  return !length || static_cast<std::uint64_t>(*length) > kLongestBody;
}

// "/sd" of "http://host:8080/sd", the form that proxies are asked in and servers must take too (RFC
// 9112, section 3.2.2).
std::string_view OriginForm(std::string_view target) {
  constexpr std::string_view kScheme = "://";
  if (target.starts_with('/')) return target;
  const auto scheme = target.find(kScheme);
  const auto name = target.substr(0, scheme);
  if (name != "http" && name != "https") return target;
  const auto path = target.find_first_of("/?", scheme + kScheme.size());
  return path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
}

// The request target as it came, before MHD decodes it.
void* BeginExchange(void* /*daemon*/, const char* target, MHD_Connection* /*connection*/) {
  auto exchange = std::make_unique<Exchange>();
  const std::string_view text = OriginForm(target);
  const auto end = text.find('?');
  exchange->request.path = text.substr(0, end);
  if (end != std::string_view::npos) exchange->request.query = text.substr(end + 1);
  return exchange.release();
}

int SocketOf(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

// RFC 9112, sections 3.2 and 6.1: what proxies and servers could read differently is refused.
bool IsAmbiguous(MHD_Connection* connection) {
  struct Counts {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
  } counts;
  // NOLINTNEXTLINE(readability-function-size): the signature is MHD's
  const auto count = [](void* all, MHD_ValueKind /*kind*/, const char* name,
                        const char* /*value*/) -> MHD_Result {
    const std::string key = support::ToLower(name);
    auto& seen = *static_cast<Counts*>(all);
    seen.hosts += key == "host" ? 1 : 0;
    seen.lengths += key == "content-length" ? 1 : 0;
    seen.encodings += key == "transfer-encoding" ? 1 : 0;
    return MHD_YES;
  };
  MHD_get_connection_values(connection, MHD_HEADER_KIND, count, &counts);
  return counts.hosts > 1 || counts.lengths + counts.encodings > 1;
}

// Where descriptors are few, connections leave some to the calls and files of the program. Without
// any left, MHD would try to accept without a pause.
unsigned int MostConnections() {
  constexpr std::size_t kOthers = 432;  // 64 calls need 384
  const auto most = support::MostDescriptors();
  const auto left = most > kOthers ? most - kOthers : 0;
  return static_cast<unsigned int>(
      std::clamp<std::size_t>(left, HttpServer::kThreads, HttpServer::kMostConnections));
}

// What MHD has to say: mostly what strangers did wrong, so nothing for the log of every day.
[[gnu::format(printf, 2, 0)]] void LogMessage(void* log, const char* format, va_list arguments) {
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  static_cast<const telemetry::Log*>(log)->Debug(
      "web server", {{"message", support::OneLine(text.data(), text.size())}});
}

}  // namespace

class HttpServer::Daemon {
 public:
  Daemon(Certificate* certificate, Handler handler, const telemetry::Log& log,
         std::chrono::milliseconds patience)
      : certificate_(certificate), handler_(std::move(handler)), log_(log), stuck_(patience) {}
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  // Takes the socket over.
  support::Result<void> Run(int listener) {
    const auto options = Options(listener);
    const auto tls = static_cast<unsigned int>(certificate_ == nullptr ? 0 : MHD_USE_TLS);
    daemon_ = MHD_start_daemon(
        static_cast<unsigned int>(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG) | tls, 0,
        nullptr, nullptr, &Access, this, MHD_OPTION_EXTERNAL_LOGGER, &LogMessage, &log_,
        MHD_OPTION_URI_LOG_CALLBACK, &BeginExchange, this, MHD_OPTION_NOTIFY_COMPLETED,
        &EndExchange, this, MHD_OPTION_NOTIFY_CONNECTION, &Connected, this, MHD_OPTION_ARRAY,
        options.data(), MHD_OPTION_END);
    if (daemon_ != nullptr) return {};
    const int code = errno;
    close(listener);
    return support::Fail(
        support::ErrorKind::kConfig,
        fmt::format("the web server cannot start: {}", std::generic_category().message(code)));
  }

 private:
  [[nodiscard]] std::vector<MHD_OptionItem> Options(int listener) {
    std::vector<MHD_OptionItem> options = {
        {MHD_OPTION_LISTEN_SOCKET, listener, nullptr},
        {MHD_OPTION_THREAD_POOL_SIZE, kThreads, nullptr},
        {MHD_OPTION_CONNECTION_LIMIT, MostConnections(), nullptr},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, kMostOfOneAddress, nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds, nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, nullptr},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
    };
    if (certificate_ != nullptr) {
      priorities_ = certificate_->priorities();
      client_ca_ = certificate_->client_ca();
      options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, priorities_.data()});
      options.push_back(
          {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, reinterpret_cast<void*>(&Certificate::Retrieve)});
      if (!client_ca_.empty()) {
        options.push_back({MHD_OPTION_HTTPS_MEM_TRUST, 0, client_ca_.data()});
      }
    }
    options.push_back({MHD_OPTION_END, 0, nullptr});
    return options;
  }

  static void Connected(void* daemon, MHD_Connection* connection, void** /*context*/,
                        MHD_ConnectionNotificationCode code) {
    auto& stuck = static_cast<Daemon*>(daemon)->stuck_;
    if (code != MHD_CONNECTION_NOTIFY_STARTED) {
      stuck.End(SocketOf(connection));
      return;
    }
    stuck.Begin(SocketOf(connection));
    auto* certificate = static_cast<Daemon*>(daemon)->certificate_;
    if (certificate == nullptr) return;
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info != nullptr) certificate->Attach(static_cast<gnutls_session_t>(info->tls_session));
  }

  static void EndExchange(void* daemon, MHD_Connection* connection, void** exchange,
                          MHD_RequestTerminationCode code) {
    const std::unique_ptr<Exchange> owner(static_cast<Exchange*>(*exchange));
    *exchange = nullptr;
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
      static_cast<Daemon*>(daemon)->stuck_.Begin(SocketOf(connection));
    }
  }

  // NOLINTNEXTLINE(readability-function-size): the signature is MHD's
  static MHD_Result Access(void* daemon, MHD_Connection* connection, const char* /*url*/,
                           const char* method, const char* /*version*/, const char* /*data*/,
                           std::size_t* size, void** context) {
    auto& exchange = *static_cast<Exchange*>(*context);
    if (!exchange.begun) {
      exchange.begun = true;
      exchange.request.method = method;
      if (IsAmbiguous(connection)) return Refuse(connection, MHD_HTTP_BAD_REQUEST, "ambiguous");
      if (!IsTooLong(HeaderOf(connection, MHD_HTTP_HEADER_CONTENT_LENGTH))) return MHD_YES;
      return Refuse(connection, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too long");
    }
    if (*size > 0) {
      exchange.body += *size;
      *size = 0;
      return exchange.body > kLongestBody ? MHD_NO : MHD_YES;
    }
    ReadHeaders(connection, exchange.request);
    return Send(connection, static_cast<Daemon*>(daemon)->handler_(exchange.request));
  }

  // An answer after which the connection ends.
  static MHD_Result Refuse(MHD_Connection* connection, unsigned int status, std::string text) {
    auto response = TextResponse(status, std::move(text));
    response.headers.push_back({MHD_HTTP_HEADER_CONNECTION, "close"});
    return Send(connection, response);
  }

  Certificate* const certificate_;
  const Handler handler_;
  const telemetry::Log& log_;
  // MHD keeps pointers to these.
  std::string priorities_;
  std::string client_ca_;
  StuckConnections stuck_;
  MHD_Daemon* daemon_ = nullptr;
};

HttpServer::HttpServer(std::unique_ptr<Daemon> daemon, std::uint16_t port)
    : daemon_(std::move(daemon)), port_(port) {}

HttpServer::~HttpServer() = default;

support::Result<std::unique_ptr<HttpServer>> HttpServer::Start(const ListenAddress& address,
                                                               Certificate* certificate,
                                                               Handler handler,
                                                               const telemetry::Log& log,
                                                               std::chrono::milliseconds patience) {
  const auto listener = OpenListener(address);
  if (!listener) return tl::unexpected(listener.error());
  auto daemon = std::make_unique<Daemon>(certificate, std::move(handler), log, patience);
  const auto port = PortOf(*listener);
  if (auto running = daemon->Run(*listener); !running) {
    return tl::unexpected(std::move(running).error());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(daemon), port));
}

}  // namespace ecsd::server
