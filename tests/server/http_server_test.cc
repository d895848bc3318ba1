#include "server/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "testing/errors.h"

namespace ecsd::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// A connection that sends whatever it is told to.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(socket_); }

  void Send(const std::string& bytes) const {
    ASSERT_TRUE(connected_);
    static_cast<void>(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  // Everything until the server closes; "(open)" at the end when it does not within 20 s.
  [[nodiscard]] std::string ReadAll() const {
    std::string all;
    std::string part(65536, '\0');
    for (;;) {
      pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, 20'000) != 1) return all + "(open)";
      const auto count = recv(socket_, part.data(), part.size(), 0);
      if (count <= 0) return all;
      all.append(part, 0, static_cast<std::size_t>(count));
    }
  }

 private:
  int socket_;
  bool connected_ = false;
};

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = HttpServer::Start(
        {.host = "127.0.0.1", .port = 0}, nullptr,
        [this](const Request& request, const Suspend&) {
          const std::scoped_lock lock(mutex_);
          requests_.push_back(request.method + " " + request.path + "?" + request.query);
          hosts_.push_back(request.host + " " + request.origin);
          return std::optional(Response{.status = 200, .headers = {{"X-Own", "1"}}, .body = body_});
        },
        log_);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = *std::move(started);
  }

  std::string Exchange(const std::string& bytes) {
    const RawClient client(server_->port());
    client.Send(bytes);
    return client.ReadAll();
  }

  telemetry::Log log_{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  std::shared_ptr<const std::string> body_ = std::make_shared<const std::string>("hello");
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::string> hosts_;
  std::unique_ptr<HttpServer> server_;
};

constexpr const char* kEnd = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, HandsOnTheTargetAsItWasSent) {
  const auto answer = Exchange(std::string("GET /a%2Fb/../c?q=%41&r=1") + kEnd);

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Own: 1\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nhello"));
  EXPECT_THAT(requests_, ElementsAre("GET /a%2Fb/../c?q=%41&r=1"));
}

TEST_F(HttpServerTest, LeavesTheBodyOutForHead) {
  const auto answer = Exchange(std::string("HEAD /") + kEnd);

  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, RefusesHeadersAndTargetsThatAreTooLong) {
  const std::string much(200'000, 'a');

  EXPECT_THAT(Exchange("GET /" + much + kEnd), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(Exchange("GET / HTTP/1.1\r\nHost: x\r\nX: " + much + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(requests_, ElementsAre());
}

TEST_F(HttpServerTest, RefusesBodiesThatAreTooLong) {
  const auto announced =
      Exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
  std::string chunks = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 40; ++i) chunks += "1000\r\n" + std::string(0x1000, 'b') + "\r\n";

  EXPECT_THAT(announced, StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(Exchange(chunks).find("HTTP/1.1 200"), std::string::npos);
  EXPECT_THAT(requests_, ElementsAre());
}

TEST_F(HttpServerTest, ThrowsSmallBodiesAway) {
  const auto answer = Exchange(
      "POST /-/refresh HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n12345");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(requests_, ElementsAre("POST /-/refresh?"));
}

// It was answered 404: the whole of it was taken for a path.
TEST_F(HttpServerTest, TakesTheFormThatProxiesAreAskedIn) {
  static_cast<void>(Exchange(std::string("GET http://x:80/sd?q=1") + kEnd));
  static_cast<void>(Exchange(std::string("GET http://x") + kEnd));
  static_cast<void>(Exchange(std::string("GET ftp://x/sd") + kEnd));

  EXPECT_THAT(requests_, ElementsAre("GET /sd?q=1", "GET /?", "GET ftp://x/sd?"));
}

// A proxy in front could take the rest for another request.
TEST_F(HttpServerTest, RefusesRequestsThatCanBeReadInTwoWays) {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";

  for (const std::string& request :
       {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + "Content-Length: 1\r\ncontent-length: 2\r\n\r\nab", post + "Host: y\r\n\r\n"}) {
    EXPECT_THAT(Exchange(request), StartsWith("HTTP/1.1 400")) << request;
  }
  EXPECT_THAT(requests_, ElementsAre());
}

// A NUL used to end the text before it, so that what came after it was not seen here.
TEST_F(HttpServerTest, RefusesNulWhereverItIs) {
  for (const std::string& line : {std::string("GE\0T / HTTP/1.1\r\nHost: x\r\n\r\n", 28),
                                  std::string("GET /\0a HTTP/1.1\r\nHost: x\r\n\r\n", 29),
                                  std::string("GET / HTTP/1.1\0\r\nHost: x\r\n\r\n", 28)}) {
    const auto answer = Exchange(line);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << line;
    EXPECT_EQ(answer.find("(open)"), std::string::npos);
  }
  const std::string nul(1, '\0');
  for (const std::string& header : {"X" + nul + "Y: 1", "X: a" + nul + "b", "X: a" + nul,
                                    "X:" + nul + "a", "X: " + nul, nul + "X: a", "X" + nul}) {
    for (const std::string end : {"\r\n", "\n"}) {
      const std::string host = end + "Host: x";
      const std::string before = "GET / HTTP/1.1" + end + header + host + end + end;
      const std::string after = "GET / HTTP/1.1" + host + end + header + end + end;
      for (const auto& request : {before, after}) {
        const auto answer = Exchange(request);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << request;
        EXPECT_EQ(answer.find("(open)"), std::string::npos);
      }
    }
  }
  EXPECT_THAT(requests_, ElementsAre());
}

TEST_F(HttpServerTest, RefusesHeadersThatOthersReadInAnotherWay) {
  for (const std::string header : {"Transfer-Encoding : chunked", " : a", "X Y: a", ": a",
                                   "X: a\rY: b", "X: a\x01", "X: a\r\n folded", "X: a\nY: b"}) {
    const auto answer = Exchange("GET / HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << header;
    EXPECT_EQ(answer.find("(open)"), std::string::npos) << header;
  }
  EXPECT_THAT(requests_, ElementsAre());
}

TEST_F(HttpServerTest, TakesHeadersOfEveryUsualForm) {
  const std::string crlf = "\r\n";
  for (const std::string& end : {crlf, std::string("\n")}) {
    std::string request = "GET /?a=b&c=%20d HTTP/1.1" + end;
    for (const std::string line :
         {"Host: x", "Empty:", "Blank:  ", "Tab:\t\ta\tb", "Tight:a", "Cookie: a=b; c=\"d\"",
          "!#$%&'*+-.^_`|~09aZ: (anything) <\xff>", "Connection: close", "Trailing: a  "}) {
      request += line + end;
    }
    request += "Long: " + std::string(20'000, 'a') + end;
    EXPECT_THAT(Exchange(request + end), StartsWith("HTTP/1.1 200"));
  }
  const std::string kept = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  static_cast<void>(Exchange(kept + kept + "GET /" + kEnd));
  EXPECT_THAT(requests_,
              ElementsAre("GET /?a=b&c=%20d", "GET /?a=b&c=%20d", "GET /?", "GET /?", "GET /?"));
}

// The body was taken to be everything until the client went away.
TEST_F(HttpServerTest, RefusesTransferEncodingsThatItDoesNotKnow) {
  const auto post = [this](const std::string& encoding, const std::string& version = "1.1") {
    return Exchange("POST / HTTP/" + version + "\r\nHost: x\r\nTransfer-Encoding: " + encoding +
                    "\r\n\r\n0\r\n\r\n");
  };

  for (const std::string encoding : {"gzip, chunked", "x,chunked", "chunked, chunked"}) {
    EXPECT_THAT(post(encoding), StartsWith("HTTP/1.1 501")) << encoding;
  }
  for (const std::string encoding :
       {"identity", "gzip", "chunked, gzip", "xchunked", "", "chunked, identity", "chunked;q=1"}) {
    const auto answer = post(encoding);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << encoding;
    EXPECT_EQ(answer.find("(open)"), std::string::npos) << encoding;
  }
  EXPECT_THAT(post("chunked", "1.0"), HasSubstr(" 400 "));
  EXPECT_THAT(requests_, ElementsAre());
}

TEST_F(HttpServerTest, ReadsAChunkedBodyWhateverTheCase) {
  EXPECT_THAT(Exchange("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
                       "Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, HandsOnWhoIsAskedForAndByWhom) {
  static_cast<void>(
      Exchange("GET / HTTP/1.1\r\nHost: x:1\r\nOrigin: http://y\r\n"
               "Connection: close\r\n\r\n"));
  static_cast<void>(
      Exchange("GET http://z:2/sd HTTP/1.1\r\nHost: x\r\nConnection: "
               "close\r\n\r\n"));

  EXPECT_THAT(hosts_, ElementsAre("x:1 http://y", "z:2 "));
}

// One byte now and then used to hold a connection for ever, and a few hundred the whole server.
TEST_F(HttpServerTest, EndsConnectionsThatAreSlowOnPurpose) {
  const auto started = HttpServer::Start(
      {.host = "127.0.0.1", .port = 0}, nullptr,
      [](const Request&, const Suspend&) { return Response(); }, log_,
      std::chrono::milliseconds(200));
  ASSERT_TRUE(started.has_value());
  const RawClient slow((*started)->port());
  const std::jthread sender([&slow](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      slow.Send("X");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });

  EXPECT_EQ(slow.ReadAll().find("(open)"), std::string::npos);
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttp) {
  for (const std::string bytes :
       {"\r\n\r\n\r\n\r\n \x01\x02\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x01\x01\r\n\r\n"}) {
    EXPECT_EQ(Exchange(bytes).find("200 OK"), std::string::npos);
  }
  EXPECT_THAT(requests_, ElementsAre());
  EXPECT_THAT(Exchange(std::string("GET /") + kEnd), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, KeepsAnsweringWhileMoreConnectThanItHolds) {
  std::vector<std::unique_ptr<RawClient>> slow;
  for (unsigned int i = 0; i < HttpServer::kMostOfOneAddress + 20; ++i) {
    slow.push_back(std::make_unique<RawClient>(server_->port()));
    slow.back()->Send("GET / HT");  // and nothing more
  }
  slow.erase(slow.begin(), slow.begin() + 60);

  // Until the server has noticed those that went away, it closes new connections at once.
  std::string answer;
  for (int i = 0; i < 1000 && answer.empty(); ++i) answer = Exchange(std::string("GET /") + kEnd);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, PutsARequestAsideAndServesOthers) {
  std::mutex mutex;
  std::vector<Resume> waiting;
  bool open = false;
  const auto started = HttpServer::Start(
      {.host = "127.0.0.1", .port = 0}, nullptr,
      [&](const Request& request, const Suspend& suspend) -> std::optional<Response> {
        const std::scoped_lock lock(mutex);
        if (open || request.path != "/slow") return Response();
        waiting.push_back(*suspend());
        return std::nullopt;
      },
      log_);
  ASSERT_TRUE(started.has_value());
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<RawClient>((*started)->port()));
    slow.back()->Send(std::string("GET /slow") + kEnd);
  }
  const auto count = [&] {
    const std::scoped_lock lock(mutex);
    return waiting.size();
  };
  while (count() < slow.size()) std::this_thread::yield();
  const RawClient quick((*started)->port());
  quick.Send(std::string("GET /quick") + kEnd);
  EXPECT_THAT(quick.ReadAll(), StartsWith("HTTP/1.1 200"));

  {
    const std::scoped_lock lock(mutex);
    open = true;
  }
  for (const auto& resume : waiting) resume();
  for (const auto& each : slow) EXPECT_THAT(each->ReadAll(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, EndsWithRequestsPutAside) {
  std::promise<Resume> asked;
  auto started = HttpServer::Start(
      {.host = "127.0.0.1", .port = 0}, nullptr,
      [&asked](const Request&, const Suspend& suspend) -> std::optional<Response> {
        auto resume = suspend();
        if (!resume) return Response();
        asked.set_value(*std::move(resume));
        return std::nullopt;
      },
      log_);
  ASSERT_TRUE(started.has_value());
  const RawClient client((*started)->port());
  client.Send(std::string("GET /") + kEnd);
  const auto resume = asked.get_future().get();

  started->reset();
  resume();

  EXPECT_EQ(client.ReadAll().find("(open)"), std::string::npos);
}

TEST_F(HttpServerTest, FailsWhereSomebodyListensAlready) {
  const auto second = HttpServer::Start(
      {.host = "127.0.0.1", .port = server_->port()}, nullptr,
      [](const Request&, const Suspend&) { return Response(); }, log_);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, support::ErrorKind::kResource);
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace ecsd::server
