#include "http/curl_transport.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/header.h>
#include <curl/multi.h>
#include <curl/system.h>
#include <fmt/core.h>
#include <openssl/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "http/authorities.h"
#include "http/stall_watch.h"
#include "http/transport.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::http {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Answers are at most a few MB (DescribeInstances of 1,000 instances); far more is not from AWS.
constexpr std::size_t kMaxBody = std::size_t{64} * 1024 * 1024;
// No more is reserved on the word of a header.
constexpr std::size_t kMaxReserved = std::size_t{8} * 1024 * 1024;
// For libcurl to read into: fewer system calls than with its 16 kB for answers of 250 kB.
constexpr long kReadBuffer = 32L * 1024;
// For libcurl to send from, once for each connection with TLS: a request of ours has about 12 kB at
// most (the names of 100 tasks), so that its 64 kB would only be memory.
constexpr long kSendBuffer = 16L * 1024;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// libcurl's global state, set up before the first handle and kept until the process ends.
void InitialiseCurlOnce() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

// Where an answer's body goes as it arrives, decompressed.
struct BodySink {
  CURL* easy;
  std::string& body;

  // Room for all of it at once where its length is known, so that it is not moved as it grows.
  void Reserve() const {
    curl_off_t length = 0;  // of a compressed answer: before it is decompressed
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length <= 0 || static_cast<std::size_t>(length) > kMaxReserved) return;
    body.reserve(static_cast<std::size_t>(length) + kBodySlack);
  }
};

std::size_t AppendBody(const char* data, std::size_t size, std::size_t count, void* user) {
  const auto& sink = *static_cast<const BodySink*>(user);
  const auto bytes = size * count;
  // The bytes as we get them, so a small answer cannot unfold to more.
  if (sink.body.size() + bytes > kMaxBody) return 0;  // libcurl fails with CURLE_WRITE_ERROR
  if (sink.body.empty()) sink.Reserve();
  sink.body.append(data, bytes);
  return bytes;
}

bool HasLineBreak(const std::string& text) {
  return text.find_first_of("\r\n") != std::string::npos;
}

const std::string& ShownUrl(const Request& request) {
  return request.shown.empty() ? request.url : request.shown;
}

// What libcurl would do silently wrong: send the request unsigned, or a header that ends the line
// and starts another.
Result<void> CheckSendable(const Request& request) {
  const auto refuse = [&](std::string_view why) {
    return Fail(ErrorKind::kCredentials, fmt::format("{}: {}", ShownUrl(request), why));
  };
  for (const auto& header : request.headers) {
    if (HasLineBreak(header)) {
      return refuse(fmt::format("the header {} has a line break in it",
                                std::string_view(header).substr(0, header.find(':'))));
    }
  }
  if (!request.signature) return {};
  const auto& signature = *request.signature;
  if (signature.access_key_id.empty()) return refuse("no access key to sign with");
  if (HasLineBreak(signature.access_key_id) || HasLineBreak(signature.session_token.Reveal())) {
    return refuse("the access key or the session token has a line break in it");
  }
  return {};
}

HeaderList MakeHeaders(const Request& request) {
  HeaderList list;
  const auto add = [&list](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  for (const auto& line : request.headers) add(line);
  if (request.signature && !request.signature->session_token.empty()) {
    add("X-Amz-Security-Token: " + request.signature->session_token.Reveal());
  }
  return list;
}

void SetSignature(CURL* easy, const Signature& signature) {
  // All four parts, so that nothing is guessed from the host name (wrong for FIPS names and custom
  // endpoints).
  const auto scope = fmt::format("aws:amz:{}:{}", signature.region, signature.service);
  curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope.c_str());
  curl_easy_setopt(easy, CURLOPT_USERNAME, signature.access_key_id.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, signature.secret_access_key.Reveal().c_str());
}

void SetMethod(CURL* easy, const Request& request) {
  if (request.method == Method::kGet) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  if (request.method == Method::kPut) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
}

// For a libcurl that leaves its TLS library to itself.
void SetBundle(CURL* easy, const std::string& bundle) {
  if (bundle.empty()) return;
  curl_easy_setopt(easy, CURLOPT_CAINFO, bundle.c_str());
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // its authorities instead of the system's
}

CURLcode LendAuthorities(CURL* /*easy*/, void* context, void* user) {
  auto& authorities = *static_cast<Authorities*>(user);
  const bool lent =
      authorities.Lend(*static_cast<SSL_CTX*>(context), std::chrono::steady_clock::now());
  return lent ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

// `bundle` as for Authorities. libcurl is told of no authorities of its own, not for an https://
// proxy either: before 8.3 it adds them to what it was lent. Nor may it keep that for itself.
void SetAuthorities(CURL* easy, Authorities& authorities, const std::string& bundle) {
  if (!Authorities::CanLend()) {
    SetBundle(easy, bundle);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, LendAuthorities);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &authorities);
  for (const auto option :
       {CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH}) {
    curl_easy_setopt(easy, option, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
}

void SetPeer(CURL* easy, const Request& request, const CurlTransport::Parameters& parameters) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, parameters.trusts_any_peer ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, parameters.trusts_any_peer ? 0L : 2L);
  const bool plain = request.url.starts_with("http://");
  if (request.direct) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");  // not even one of the environment
  } else if (plain && !parameters.http_proxy.empty()) {
    curl_easy_setopt(easy, CURLOPT_PROXY, parameters.http_proxy.c_str());
  }
}

void SetOptions(CURL* easy, const Request& request, const CurlTransport::Parameters& parameters) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, parameters.user_agent.c_str());
  // Plain HTTP only where an endpoint was given as such.
  const bool plain = request.url.starts_with("http://");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
  SetPeer(easy, request, parameters);
  SetMethod(easy, request);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReadBuffer);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
  // For API calls; libcurl does not sign this header.
  if (request.method == Method::kPost) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  // Without it a timed-out name look-up holds the caller until the resolver gives up (10 s and
  // more).
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connect_timeout.count());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request.total_timeout.count());
  if (request.signature) SetSignature(easy, *request.signature);
}

std::string Header(CURL* easy, const char* name) {
  curl_header* header = nullptr;
  if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
  return header->value;
}

std::optional<std::chrono::seconds> ClockAhead(CURL* easy) {
  const auto date = Header(easy, "Date");
  if (date.empty()) return std::nullopt;
  const auto answered = curl_getdate(date.c_str(), nullptr);
  if (answered < 0) return std::nullopt;
  return std::chrono::seconds(std::time(nullptr) - answered);
}

ErrorKind KindOf(CURLcode code) {
  return code == CURLE_OPERATION_TIMEDOUT ? ErrorKind::kTimeout : ErrorKind::kTransport;
}

// How far the transfer came before its time was up.
std::string_view TimedOutStage(CURL* easy) {
  curl_off_t looked_up = 0;
  curl_off_t connected = 0;
  curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
  if (looked_up == 0)
    return "the name look-up of its host did not end in time; check the name server";
  if (connected == 0) return "no connection in time; check the network, the proxy and the endpoint";
  return "no whole answer in time";
}

std::string DescribeFailure(CURL* easy, CURLcode code, const char* detail) {
  if (code == CURLE_WRITE_ERROR) return fmt::format("the answer has more than {} bytes", kMaxBody);
  if (code == CURLE_OPERATION_TIMEDOUT) return std::string(TimedOutStage(easy));
  std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  // libcurl quotes the URL as it is, with a login that need not look like one.
  if (code == CURLE_COULDNT_RESOLVE_PROXY && text.starts_with("Unsupported proxy"))
    return "the proxy of the environment is none that can be used; write it as http://HOST:PORT, "
           "and '/', '@', ':' and the like of a login before the host as %2F, %40 and %3A";
  long reason = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &reason);
  // libcurl says only that it could not connect.
  if (code == CURLE_COULDNT_CONNECT && reason != 0)
    text += ": " + std::generic_category().message(static_cast<int>(reason));
  if (code == CURLE_SSL_CACERT_BADFILE)
    text =
        "the certificate authorities cannot be read; install them (ca-certificates), or name a "
        "file of them with AWS_CA_BUNDLE";
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    text += "; if its authority is one of your own, name it with AWS_CA_BUNDLE";
  // libcurl says the same of a peer that broke off and, behind an https:// proxy, of one that it
  // did not believe.
  if (code == CURLE_SSL_CONNECT_ERROR && text.find("SSL_ERROR_SYSCALL") != std::string::npos)
    text +=
        "; it broke off, or is behind an https:// proxy and not believed: if its authority is one "
        "of your own, name it with AWS_CA_BUNDLE";
  return text;
}

constexpr long kProxyLogin = 407;  // RFC 9110 section 15.5.8

// Why the proxy called `name` did not let the request through, or nothing where it did, or was not
// asked.
std::optional<std::string> DescribeRefusal(CURL* easy, const std::string& name) {
  long tunnel = 0;
  long answer = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
  const long status = answer == kProxyLogin ? answer : tunnel;
  constexpr long kUnauthorized = 401;  // of tinyproxy, for one
  if (status == kProxyLogin || status == kUnauthorized) {
    return fmt::format(
        "the proxy of {} refuses the login (HTTP status {}); write it as "
        "http://USER:PASSWORD@HOST:PORT",
        name, status);
  }
  if (status < 300) return std::nullopt;
  return fmt::format(
      "the proxy of {} does not let the call through (HTTP status {}); allow this "
      "host there, or put it into NO_PROXY",
      name, status);
}

}  // namespace

struct CurlTransport::Connection {
  std::unique_ptr<CURL, EasyDeleter> easy{curl_easy_init()};
  std::unique_ptr<CURLM, MultiDeleter> multi{curl_multi_init()};

  // Runs the transfer that `easy` is set up for; nothing when it stalled or `stop` ended it first.
  [[nodiscard]] std::optional<CURLcode> Run(StallWatch& watch, const std::stop_token& stop) const {
    curl_multi_add_handle(multi.get(), easy.get());
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
    std::optional<CURLcode> code;
    int running = 1;
    while (!code && !stop.stop_requested()) {
      if (curl_multi_perform(multi.get(), &running) != CURLM_OK) code = CURLE_FAILED_INIT;
      int left = 0;
      if (const auto* message = curl_multi_info_read(multi.get(), &left))
        code = message->data.result;  // NOLINT(*-union-access): libcurl says so
      const auto now = std::chrono::steady_clock::now();
      if (code || watch.IsStalled(easy.get(), now)) break;
      const auto wait = static_cast<int>(watch.LongestWait(now).count());
      curl_multi_poll(multi.get(), nullptr, 0, wait, nullptr);
    }
    curl_multi_remove_handle(multi.get(), easy.get());
    return code;
  }
};

CurlTransport::CurlTransport(Parameters parameters)
    : parameters_(std::move(parameters)), authorities_(parameters_.ca_bundle) {
  InitialiseCurlOnce();
}

CurlTransport::~CurlTransport() = default;

std::unique_ptr<CurlTransport::Connection> CurlTransport::TakeIdle() {
  const support::MutexLock lock(mutex_);
  if (idle_.empty()) return std::make_unique<Connection>();
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void CurlTransport::CloseIdle() {
  std::vector<std::unique_ptr<Connection>> closed;
  const support::MutexLock lock(mutex_);
  closed.swap(idle_);
}

void CurlTransport::PutBack(std::unique_ptr<Connection> connection) {
  const support::MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
}

Result<Response> CurlTransport::Send(const Request& request, const std::stop_token& stop) {
  if (auto checked = CheckSendable(request); !checked)
    return tl::unexpected(std::move(checked).error());
  Response response;
  std::array<char, CURL_ERROR_SIZE> detail{};
  const auto headers = MakeHeaders(request);
  auto connection = TakeIdle();  // after what its handle points to, so that it goes first
  auto* easy = connection->easy.get();
  SetOptions(easy, request, parameters_);
  if (!parameters_.trusts_any_peer) SetAuthorities(easy, authorities_, parameters_.ca_bundle);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, AppendBody);
  BodySink sink{.easy = easy, .body = response.body};
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail.data());

  StallWatch watch(request.stall_timeout);
  const auto code = connection->Run(watch, stop);
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
    authorities_.Doubt();
  if (!code && watch.stalled()) {
    CloseIdle();
    return Fail(ErrorKind::kTimeout,
                fmt::format("{}: {}", ShownUrl(request), DescribeStall(request.stall_timeout)));
  }
  if (!code) return Fail(ErrorKind::kCancelled, ShownUrl(request) + ": stopped");
  const bool plain = request.url.starts_with("http://");
  const auto refusal =
      DescribeRefusal(easy, plain ? parameters_.http_proxy_name : parameters_.https_proxy_name);
  if (refusal)
    return Fail(ErrorKind::kTransport, fmt::format("{}: {}", ShownUrl(request), *refusal));
  if (*code != CURLE_OK) {
    return Fail(KindOf(*code),
                fmt::format("{}: {}", ShownUrl(request),
                            support::HideUserInfo(DescribeFailure(easy, *code, detail.data()))));
  }
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
  response.request_id = Header(easy, "x-amzn-requestid");
  response.error_type = Header(easy, "x-amzn-errortype");
  response.clock_ahead = ClockAhead(easy);
  curl_easy_reset(easy);  // forgets the keys, keeps the connection
  PutBack(std::move(connection));
  return response;
}

}  // namespace ecsd::http
