#include "sim/http_front.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/answer.h"
#include "sim/delay_line.h"
#include "sim/http_request.h"
#include "support/result.h"

namespace ecsd::sim {
namespace {

constexpr unsigned int kThreads = 4;
constexpr unsigned int kMostConnections = 4096;
constexpr std::size_t kConnectionMemory = std::size_t{64} * 1024;
constexpr std::size_t kLongestBody = std::size_t{8} * 1024 * 1024;
constexpr std::size_t kBlock = std::size_t{64} * 1024;

// One request on its way: freed by MHD's completion call.
struct Exchange {
  HttpRequest request;
  bool begun = false;
  std::optional<Answer> answer;
  bool delayed = false;
};

// Half of a body whose length was announced whole.
struct HalfBody {
  std::string body;
};

ssize_t ReadHalf(void* half, std::uint64_t position, char* buffer, std::size_t size) {
  const std::string& body = static_cast<HalfBody*>(half)->body;
  const std::size_t end = body.size() / 2;
  if (position >= end) return MHD_CONTENT_READER_END_WITH_ERROR;
  const std::size_t count = std::min<std::size_t>(size, end - position);
  std::memcpy(buffer, body.data() + position, count);
  return static_cast<ssize_t>(count);
}

void FreeHalf(void* half) {
  std::unique_ptr<HalfBody>(static_cast<HalfBody*>(half));
}
void FreeText(void* text) {
  std::unique_ptr<std::string>(static_cast<std::string*>(text));
}

MHD_Response* MakeResponse(Answer answer) {
  if (answer.delivery == Delivery::kTruncated) {
    const std::size_t size = answer.body.size();
    auto half = std::make_unique<HalfBody>(HalfBody{std::move(answer.body)});
    return MHD_create_response_from_callback(size, kBlock, &ReadHalf, half.release(), &FreeHalf);
  }
  auto body = std::make_unique<std::string>(std::move(answer.body));
  const std::size_t size = body->size();
  char* data = body->data();
  return MHD_create_response_from_buffer_with_free_callback_cls(size, data, &FreeText,
                                                                body.release());
}

MHD_Result Send(MHD_Connection* connection, Answer answer) {
  const unsigned int status = answer.status;
  const std::string type = answer.content_type;
  const std::string request_id = answer.request_id;
  const std::vector<NamedText> headers = std::move(answer.headers);
  MHD_Response* response = MakeResponse(std::move(answer));
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type.c_str());
  if (!request_id.empty()) {
    MHD_add_response_header(response, "x-amzn-RequestId", request_id.c_str());
  }
  for (const auto& [name, value] : headers) {
    MHD_add_response_header(response, name.c_str(), value.c_str());
  }
  const MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

// With a linger time of zero the close that follows is a reset.
MHD_Result Reset(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (info != nullptr) {
    // NOLINTNEXTLINE(misc-include-cleaner): <sys/socket.h> is the header POSIX gives them
    setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  return MHD_NO;
}

MHD_Result AddHeader(void* request, MHD_ValueKind /*kind*/, const char* key, const char* value) {
  static_cast<HttpRequest*>(request)->headers.emplace_back(key, value == nullptr ? "" : value);
  return MHD_YES;
}

// The raw target, before MHD decodes it.
void* BeginExchange(void* /*server*/, const char* target, MHD_Connection* /*connection*/) {
  auto exchange = std::make_unique<Exchange>();
  const std::string_view text(target);
  const std::size_t end = std::min(text.find('?'), text.size());
  exchange->request.path = text.substr(0, end);
  if (end < text.size()) exchange->request.query = text.substr(end + 1);
  return exchange.release();
}

void EndExchange(void* /*server*/, MHD_Connection* /*connection*/, void** exchange,
                 MHD_RequestTerminationCode /*code*/) {
  const std::unique_ptr<Exchange> owned(static_cast<Exchange*>(*exchange));
  *exchange = nullptr;
}

support::Result<sockaddr_storage> SocketAddress(const ListenAddress& address) {
  sockaddr_storage out{};
  sockaddr_in four{.sin_family = AF_INET, .sin_port = htons(address.port)};
  sockaddr_in6 six{.sin6_family = AF_INET6, .sin6_port = htons(address.port)};
  if (inet_pton(AF_INET, address.host.c_str(), &four.sin_addr) == 1) {
    std::memcpy(&out, &four, sizeof(four));
    return out;
  }
  if (inet_pton(AF_INET6, address.host.c_str(), &six.sin6_addr) == 1) {
    std::memcpy(&out, &six, sizeof(six));
    return out;
  }
  return support::Fail(support::ErrorKind::kConfig,
                       fmt::format("listen: \"{}\" is no address", address.host));
}

// MHD only reads the texts, while the server starts.
std::vector<MHD_OptionItem> TlsOptions(const std::optional<TlsIdentity>& tls) {
  const auto item = [](MHD_OPTION option, const std::string& text) {
    return MHD_OptionItem{
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the type is MHD's
        .option = option,
        .value = 0,
        .ptr_value = const_cast<char*>(text.c_str())};
  };
  std::vector<MHD_OptionItem> out;
  if (tls) {
    out.push_back(item(MHD_OPTION_HTTPS_MEM_CERT, tls->certificate));
    out.push_back(item(MHD_OPTION_HTTPS_MEM_KEY, tls->key.Reveal()));
    out.push_back(item(MHD_OPTION_HTTPS_PRIORITIES, tls->priorities));
  }
  out.push_back({.option = MHD_OPTION_END, .value = 0, .ptr_value = nullptr});
  return out;
}

}  // namespace

class HttpFront::Server {
 public:
  Server(std::chrono::milliseconds latency, Handler handler)
      : latency_(latency), handler_(std::move(handler)) {}

  ~Server() {
    delays_.Close();
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  support::Result<void> Listen(const FrontOptions& options) {
    auto socket = SocketAddress(options.address);
    if (!socket) return tl::unexpected(std::move(socket).error());
    const bool six = socket->ss_family == AF_INET6;
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    if (six) flags |= MHD_USE_IPv6;
    if (options.tls) flags |= MHD_USE_TLS;
    std::vector<MHD_OptionItem> tls = TlsOptions(options.tls);
    daemon_ = MHD_start_daemon(
        flags, options.address.port, nullptr, nullptr, &Access, this, MHD_OPTION_SOCK_ADDR,
        &*socket, MHD_OPTION_THREAD_POOL_SIZE, kThreads, MHD_OPTION_CONNECTION_LIMIT,
        kMostConnections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory,
        MHD_OPTION_URI_LOG_CALLBACK, &BeginExchange, this, MHD_OPTION_NOTIFY_COMPLETED,
        &EndExchange, this, MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
    const std::string host = six ? "[" + options.address.host + "]" : options.address.host;
    if (daemon_ == nullptr) {
      return support::Fail(support::ErrorKind::kIo,
                           fmt::format("cannot listen at {}:{}: {}", host, options.address.port,
                                       std::generic_category().message(errno)));
    }
    url_ = fmt::format("{}://{}:{}", options.tls ? "https" : "http", host, port());
    return {};
  }

  [[nodiscard]] std::uint16_t port() const {
    return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port;
  }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  // NOLINTNEXTLINE(readability-function-size): the signature is MHD's
  static MHD_Result Access(void* server, MHD_Connection* connection, const char* /*url*/,
                           const char* method, const char* /*version*/, const char* data,
                           std::size_t* size, void** context) {
    auto& exchange = *static_cast<Exchange*>(*context);
    if (!exchange.begun) {
      exchange.begun = true;
      exchange.request.method = method;
      MHD_get_connection_values(connection, MHD_HEADER_KIND, &AddHeader, &exchange.request);
      return MHD_YES;
    }
    if (*size > 0) {
      std::string& body = exchange.request.body;
      if (body.size() + *size > kLongestBody) return MHD_NO;
      body.append(data, *size);
      *size = 0;
      return MHD_YES;
    }
    return static_cast<Server*>(server)->Respond(connection, exchange);
  }

  MHD_Result Respond(MHD_Connection* connection, Exchange& exchange) {
    if (!exchange.answer) exchange.answer = handler_(exchange.request);
    const Delivery delivery = exchange.answer->delivery;
    const bool hang = delivery == Delivery::kHang;
    const auto delay = latency_ + exchange.answer->delay;
    if (!exchange.delayed && (hang || delay.count() > 0)) {
      exchange.delayed = true;
      return Delay(connection, hang ? DelayLine::kNever : DelayLine::Clock::now() + delay);
    }
    // A hanging request comes here only when the server stops.
    if (hang) return MHD_NO;
    if (delivery == Delivery::kReset) return Reset(connection);
    return Send(connection, *std::move(exchange.answer));
  }

  MHD_Result Delay(MHD_Connection* connection, DelayLine::Clock::time_point due) {
    const bool held = delays_.Hold(
        due, [connection] { MHD_suspend_connection(connection); },
        [connection] { MHD_resume_connection(connection); });
    return held ? MHD_YES : MHD_NO;
  }

  const std::chrono::milliseconds latency_;
  const Handler handler_;
  DelayLine delays_;
  MHD_Daemon* daemon_ = nullptr;
  std::string url_;
};

HttpFront::HttpFront(std::unique_ptr<Server> server) : server_(std::move(server)) {}

HttpFront::~HttpFront() = default;

support::Result<std::unique_ptr<HttpFront>> HttpFront::Start(const FrontOptions& options,
                                                             Handler handler) {
  auto server = std::make_unique<Server>(options.latency, std::move(handler));
  if (auto listening = server->Listen(options); !listening) {
    return tl::unexpected(std::move(listening).error());
  }
  return std::unique_ptr<HttpFront>(new HttpFront(std::move(server)));
}

std::uint16_t HttpFront::port() const {
  return server_->port();
}

const std::string& HttpFront::url() const {
  return server_->url();
}

}  // namespace ecsd::sim
