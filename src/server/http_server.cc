#include "server/http_server.h"

#include <fmt/core.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <sys/socket.h>
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
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "server/acceptor.h"
#include "server/certificate.h"
#include "server/client_name.h"
#include "server/listen_address.h"
#include "server/request.h"
#include "server/request_checks.h"
#include "server/response.h"
#include "server/stuck_connections.h"
#include "server/suspend.h"
#include "server/suspended.h"
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
  const char* target = nullptr;  // where it is in MHD's buffer
  bool whole_target = false;
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

std::string ClientOf(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info == nullptr ? std::string() : ClientName(info->client_addr);
}

void ReadHeaders(MHD_Connection* connection, Request& request) {
  request.accept = HeaderOf(connection, MHD_HTTP_HEADER_ACCEPT);
  request.accept_encoding = HeaderOf(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
  request.authorization = HeaderOf(connection, MHD_HTTP_HEADER_AUTHORIZATION);
  request.fetch_site = HeaderOf(connection, "Sec-Fetch-Site");
  request.if_none_match = HeaderOf(connection, MHD_HTTP_HEADER_IF_NONE_MATCH);
  request.origin = HeaderOf(connection, "Origin");
  request.client = ClientOf(connection);
  if (request.host.empty()) request.host = HeaderOf(connection, MHD_HTTP_HEADER_HOST);
}

bool IsTooLong(const std::string& content_length) {
  if (content_length.empty()) return false;
  const auto length = support::ParseDecimal(content_length);
  return !length || static_cast<std::uint64_t>(*length) > kLongestBody;
}

std::optional<RequestFault> FaultOf(MHD_Connection* connection, const Exchange& exchange,
                                    const RequestLine& line) {
  if (!exchange.whole_target) {
    return RequestFault{.status = MHD_HTTP_BAD_REQUEST, .text = "malformed request target"};
  }
  if (auto fault = FaultOf(connection, line)) return fault;
  if (!IsTooLong(HeaderOf(connection, MHD_HTTP_HEADER_CONTENT_LENGTH))) return std::nullopt;
  return RequestFault{.status = MHD_HTTP_CONTENT_TOO_LARGE, .text = "the body is too long"};
}

// Takes "http://host:8080" off the front of a target, the form that proxies are asked in and
// servers must take too (RFC 9112, section 3.2.2), and gives "host:8080"; empty where there is
// none.
std::string_view TakeAuthority(std::string_view& target) {
  constexpr std::string_view kMark = "://";
  const auto mark = target.find(kMark);
  const auto scheme = target.substr(0, mark);
  if (scheme != "http" && scheme != "https") return {};
  const auto rest = target.substr(mark + kMark.size());
  const auto end = rest.find_first_of("/?");
  target = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  return rest.substr(0, end);
}

// The request target as it came, before MHD decodes it.
void* BeginExchange(void* /*daemon*/, const char* target, MHD_Connection* /*connection*/) {
  auto exchange = std::make_unique<Exchange>();
  if (target == nullptr) return exchange.release();
  exchange->target = target;
  exchange->whole_target = IsWholeTarget(target);
  std::string_view text = target;
  exchange->request.host = TakeAuthority(text);
  const auto end = text.find('?');
  const auto path = text.substr(0, end);
  exchange->request.path = path.empty() && !exchange->request.host.empty() ? "/" : path;
  if (end != std::string_view::npos) exchange->request.query = text.substr(end + 1);
  return exchange.release();
}

int SocketOf(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

// Where descriptors are few, connections leave some to the calls and files of the program.
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
    if (acceptor_ != nullptr) acceptor_->Stop();
    suspended_->End();
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  // Takes the socket over.
  support::Result<void> Run(int listener) {
    const auto most = MostConnections();
    const auto options = Options(most);
    const auto tls = static_cast<unsigned int>(certificate_ == nullptr ? 0 : MHD_USE_TLS);
    daemon_ = MHD_start_daemon(
        static_cast<unsigned int>(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC |
                                  MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME) |
            tls,
        0, nullptr, nullptr, &Access, this, MHD_OPTION_EXTERNAL_LOGGER, &LogMessage, &log_,
        MHD_OPTION_URI_LOG_CALLBACK, &BeginExchange, this, MHD_OPTION_NOTIFY_COMPLETED,
        &EndExchange, this, MHD_OPTION_NOTIFY_CONNECTION, &Connected, this, MHD_OPTION_ARRAY,
        options.data(), MHD_OPTION_END);
    if (daemon_ != nullptr) {
      acceptor_ = std::make_unique<Acceptor>(
          listener, most,
          [this](int socket, const sockaddr* address, socklen_t size) {
            return MHD_add_connection(daemon_, socket, address, size) == MHD_YES;
          },
          log_);
      acceptor_->Start();
      return {};
    }
    const int code = errno;
    close(listener);
    return support::Fail(
        support::ErrorKind::kResource,
        fmt::format("the web server cannot start: {}; raise the limits of open files and threads",
                    std::generic_category().message(code)));
  }

 private:
  [[nodiscard]] std::vector<MHD_OptionItem> Options(unsigned int most) {
    std::vector<MHD_OptionItem> options = {
        {MHD_OPTION_THREAD_POOL_SIZE, kThreads, nullptr},
        // The acceptor counts; so each thread may get all of them.
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<std::intptr_t>(kThreads) * most, nullptr},
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
      static_cast<Daemon*>(daemon)->acceptor_->Release();
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
                           const char* method, const char* version, const char* /*data*/,
                           std::size_t* size, void** context) {
    auto& exchange = *static_cast<Exchange*>(*context);
    if (!exchange.begun) {
      exchange.begun = true;
      exchange.request.method = method;
      const auto fault = FaultOf(connection, exchange, {method, exchange.target, version});
      return fault ? Refuse(connection, *fault) : MHD_YES;
    }
    if (*size > 0) {
      exchange.body += *size;
      *size = 0;
      return exchange.body > kLongestBody ? MHD_NO : MHD_YES;
    }
    ReadHeaders(connection, exchange.request);
    return static_cast<Daemon*>(daemon)->Handle(connection, exchange.request);
  }

  MHD_Result Handle(MHD_Connection* connection, const Request& request) {
    const auto response =
        handler_(request, [this, connection] { return suspended_->Add(connection); });
    return response ? Send(connection, *response) : MHD_YES;
  }

  // An answer after which the connection ends.
  static MHD_Result Refuse(MHD_Connection* connection, const RequestFault& fault) {
    auto response = TextResponse(fault.status, fault.text);
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
  const std::shared_ptr<Suspended> suspended_ = std::make_shared<Suspended>();
  MHD_Daemon* daemon_ = nullptr;
  std::unique_ptr<Acceptor> acceptor_;
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
