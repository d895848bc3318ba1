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
#include <memory>
#include <mutex>
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
        [this](const Request& request) {
          const std::scoped_lock lock(mutex_);
          requests_.push_back(request.method + " " + request.path + "?" + request.query);
          return Response{.status = 200, .headers = {{"X-Own", "1"}}, .body = body_};
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

// One byte now and then used to hold a connection for ever, and a few hundred the whole server.
TEST_F(HttpServerTest, EndsConnectionsThatAreSlowOnPurpose) {
  const auto started = HttpServer::Start(
      {.host = "127.0.0.1", .port = 0}, nullptr, [](const Request&) { return Response(); }, log_,
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

TEST_F(HttpServerTest, FailsWhereSomebodyListensAlready) {
  const auto second = HttpServer::Start(
      {.host = "127.0.0.1", .port = server_->port()}, nullptr,
      [](const Request&) { return Response(); }, log_);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, support::ErrorKind::kConfig);
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace ecsd::server
