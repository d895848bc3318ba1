#include <arpa/inet.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/curl_transport.h"
#include "http/loopback_server.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Never answers.
void Hang(Peer& peer) {
  peer.WaitForEnd();
}

// A listening socket of 127.0.0.1 that nobody accepts from, and whose queue is full: who connects
// to it gets no answer.
class DeafPort {
 public:
  DeafPort() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(::bind(sockets_.front(), Generic(), size), 0);
    EXPECT_EQ(::listen(sockets_.front(), 0), 0);
    EXPECT_EQ(::getsockname(sockets_.front(), Generic(), &size), 0);
    for (int i = 0; i < 4; ++i) {
      sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      static_cast<void>(::connect(sockets_.back(), Generic(), size));
    }
  }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  ~DeafPort() {
    for (const int socket : sockets_) ::close(socket);
  }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}/", ntohs(address_.sin_port));
  }

 private:
  sockaddr* Generic() { return reinterpret_cast<sockaddr*>(&address_); }

  sockaddr_in address_{};
  std::vector<int> sockets_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

Request Within(std::string url, milliseconds total) {
  auto request = Post(std::move(url));
  request.total_timeout = total;
  return request;
}

// How long a call took that is to fail for want of time.
milliseconds TimeOut(const Request& request, const std::string& why) {
  CurlTransport transport({.user_agent = "test"});
  const auto start = steady_clock::now();
  EXPECT_EQ(FailureOf(transport.Perform(request, {})),
            (Failed{.kind = ErrorKind::kTimeout, .message = request.url + ": " + why}));
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

Failed Fails(const std::string& url) {
  CurlTransport transport({.user_agent = "test"});
  return FailureOf(transport.Perform(Post(url), {}));
}

TEST(CurlTransportFailureTest, SaysThatNobodyListens) {
  std::string url;
  {
    const LoopbackServer gone(Hang);
    url = gone.url();
  }
  const auto failed = Fails(url);
  EXPECT_EQ(failed.kind, ErrorKind::kTransport);
  EXPECT_THAT(failed.message, AllOf(StartsWith(url + ": "), HasSubstr("Connection refused")));
}

TEST(CurlTransportFailureTest, WaitsForAnAnswerNoLongerThanTheTotalTimeOut) {
  const LoopbackServer server(Hang);
  const auto took = TimeOut(Within(server.url(), 1s), "no whole answer in time");
  EXPECT_GE(took, 990ms);
  EXPECT_LE(took, 8s);
}

TEST(CurlTransportFailureTest, WaitsForSlowHeadersNoLongerThanTheTotalTimeOut) {
  const LoopbackServer server([](Peer& peer) {
    const auto answer = HttpAnswer("{}");
    if (!peer.Read()) return;
    for (const char c : answer) {
      if (!peer.TrySend(std::string(1, c))) return;
      std::this_thread::sleep_for(50ms);
    }
  });
  EXPECT_LE(TimeOut(Within(server.url(), 1s), "no whole answer in time"), 8s);
}

TEST(CurlTransportFailureTest, WaitsForTheRestOfABodyNoLongerThanTheTotalTimeOut) {
  const LoopbackServer server([](Peer& peer) {
    if (peer.Read()) peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    peer.WaitForEnd();
  });
  EXPECT_LE(TimeOut(Within(server.url(), 1s), "no whole answer in time"), 8s);
}

TEST(CurlTransportFailureTest, WaitsForAConnectionNoLongerThanTheConnectTimeOut) {
  const DeafPort deaf;
  auto request = Post(deaf.url());
  request.connect_timeout = 300ms;
  EXPECT_LE(
      TimeOut(request, "no connection in time; check the network, the proxy and the endpoint"), 8s);
}

// Gives up on `serve` for want of progress, long before the 50 s for all of it.
void Stall(LoopbackServer::Serve serve) {
  const LoopbackServer server(std::move(serve));
  auto request = Within(server.url(), 50s);
  request.stall_timeout = 500ms;
  const auto took = TimeOut(request,
                            "the response stalled: no byte for 0.5 s; check the network, the "
                            "proxy and the endpoint");
  EXPECT_GE(took, 490ms);
  EXPECT_LE(took, 25s);
}

// They used to hold a call until its total time-out.
TEST(CurlTransportFailureTest, GivesUpOnAResponseThatStallsBeforeItsFirstByte) {
  Stall(Hang);
}

TEST(CurlTransportFailureTest, GivesUpOnAResponseThatStallsInItsHeaders) {
  Stall([](Peer& peer) {
    if (peer.Read()) peer.Send("HTTP/1.1 200 OK\r\nContent-Le");
    peer.WaitForEnd();
  });
}

TEST(CurlTransportFailureTest, GivesUpOnAResponseThatStallsInItsBody) {
  for (const auto* begin :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{\"taskArns"}) {
    Stall([begin](Peer& peer) {
      if (peer.Read()) peer.Send(begin);
      peer.WaitForEnd();
    });
  }
}

TEST(CurlTransportFailureTest, AResponseThatMovesOnNeverStalls) {
  const LoopbackServer server([](Peer& peer) {
    if (!peer.Read()) return;
    const std::string body(20, 'x');
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
    for (const char c : body) {
      std::this_thread::sleep_for(100ms);
      peer.Send(std::string(1, c));
    }
  });
  auto request = Within(server.url(), 50s);
  request.stall_timeout = 1500ms;  // less than all of it takes
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(request, {})).body.size(), 20U);
}

TEST(CurlTransportFailureTest, AfterAStallAllConnectionsAreNew) {
  std::atomic<bool> dead{false};
  const LoopbackServer server([&](Peer& peer) {
    while (peer.Read()) {
      if (dead.exchange(false)) return peer.WaitForEnd();
      peer.Send(HttpAnswer("{}"));
    }
  });
  CurlTransport transport({.user_agent = "test"});
  auto request = Within(server.url(), 50s);
  EXPECT_TRUE(transport.Perform(request, {}));
  dead = true;
  request.stall_timeout = 300ms;
  EXPECT_FALSE(transport.Perform(request, {}));
  request.stall_timeout = 0ms;
  EXPECT_TRUE(transport.Perform(request, {}));
  EXPECT_EQ(server.connections(), 2U);
}

TEST(CurlTransportFailureTest, FailsWhenTheConnectionIsReset) {
  const LoopbackServer server([](Peer& peer) {
    if (peer.Read()) peer.Reset();
  });
  const auto failed = Fails(server.url());
  EXPECT_EQ(failed.kind, ErrorKind::kTransport);
  EXPECT_THAT(failed.message, AllOf(StartsWith(server.url() + ": "), HasSubstr("reset")));
}

TEST(CurlTransportFailureTest, FailsWhenTheConnectionIsClosedWithoutAnAnswer) {
  const LoopbackServer server([](Peer& peer) { static_cast<void>(peer.Read()); });
  EXPECT_EQ(Fails(server.url()), (Failed{.kind = ErrorKind::kTransport,
                                         .message = server.url() + ": Empty reply from server"}));
}

TEST(CurlTransportFailureTest, GivesNothingOfATruncatedAnswer) {
  for (const auto* answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"taskArns\":[]}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{\"taskArns\":[]}\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"}) {
    const LoopbackServer server([answer](Peer& peer) {
      if (peer.Read()) peer.Send(answer);
    });
    const auto failed = Fails(server.url());
    EXPECT_EQ(failed.kind, ErrorKind::kTransport) << answer;
    EXPECT_THAT(failed.message, StartsWith(server.url() + ": ")) << answer;
  }
}

TEST(CurlTransportFailureTest, FailsWhenTheAnswerIsNoHttp) {
  const LoopbackServer server([](Peer& peer) {
    if (peer.Read()) peer.Send("220 mail.example.com ESMTP\r\n");
  });
  EXPECT_EQ(Fails(server.url()).kind, ErrorKind::kTransport);
}

TEST(CurlTransportFailureTest, GivesUpOnABodyThatIsFarTooLarge) {
  const LoopbackServer server([](Peer& peer) {
    if (!peer.Read()) return;
    const std::string mebibyte(std::size_t{1024} * 1024, 'x');
    peer.Send("HTTP/1.0 200 OK\r\n\r\n");
    while (peer.TrySend(mebibyte)) {  // for ever, unless the other side ends it
    }
  });
  EXPECT_EQ(Fails(server.url()),
            (Failed{.kind = ErrorKind::kTransport,
                    .message = server.url() + ": the answer has more than 67108864 bytes"}));
}

TEST(CurlTransportFailureTest, FailsWhenAPlainPortIsAskedForTls) {
  const LoopbackServer server([](Peer& peer) {
    peer.Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    peer.WaitForEnd();
  });
  const auto url = fmt::format("https://127.0.0.1:{}/", server.port());
  const auto failed = Fails(url);
  EXPECT_EQ(failed.kind, ErrorKind::kTransport);
  EXPECT_THAT(failed.message, StartsWith(url + ": "));
}

TEST(CurlTransportFailureTest, FailsForAUrlThatIsNone) {
  for (const auto* url : {"http://", "http://127.0.0.1:99999/", "https://[::1/", "ftp://h/", ""}) {
    const auto failed = Fails(url);
    EXPECT_EQ(failed.kind, ErrorKind::kTransport) << url;
    EXPECT_THAT(failed.message, StartsWith(std::string(url) + ": "));
  }
}

TEST(CurlTransportFailureTest, WorksAgainAfterAFailure) {
  std::atomic<int> connections{0};
  const LoopbackServer server([&](Peer& peer) {
    const bool first = connections++ == 0;
    while (peer.Read()) {
      if (first) return;
      peer.Send(HttpAnswer("{}"));
    }
  });
  CurlTransport transport({.user_agent = "test"});
  EXPECT_FALSE(transport.Perform(Post(server.url()), {}));
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).body, "{}");
}

TEST(CurlTransportFailureTest, EndsAHangingCallAtOnceWhenToldToStop) {
  auto fastest = milliseconds::max();
  for (int i = 0; i < 3; ++i) {
    std::promise<void> asked;
    const LoopbackServer server([&](Peer& peer) {
      if (peer.Read()) asked.set_value();
      peer.WaitForEnd();
    });
    CurlTransport transport({.user_agent = "test"});
    std::stop_source stop;
    steady_clock::time_point stopped;
    {
      const std::jthread stopper([&] {
        asked.get_future().wait_for(5s);
        stopped = steady_clock::now();
        stop.request_stop();
      });
      EXPECT_EQ(FailureOf(transport.Perform(Post(server.url()), stop.get_token())),
                (Failed{.kind = ErrorKind::kCancelled, .message = server.url() + ": stopped"}));
    }
    fastest =
        std::min(fastest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - stopped));
  }
  EXPECT_LT(fastest, 600ms);  // one that waits for its next look takes a second
}

TEST(CurlTransportFailureTest, DoesNothingWhenItWasToldToStopBefore) {
  const LoopbackServer server(AnswerAll(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(FailureOf(transport.Perform(Post(server.url()), stop.get_token())),
            (Failed{.kind = ErrorKind::kCancelled, .message = server.url() + ": stopped"}));
  EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace ecsd::http
