#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/curl_transport.h"
#include "http/loopback_server.h"
#include "http/transport.h"
#include "support/secret.h"
#include "testing/errors.h"

namespace ecsd::http {
namespace {

using support::Secret;
using test::Must;

Signature Sign(const std::string& name) {
  return {.region = "eu-west-1",
          .service = "ecs",
          .access_key_id = "AKIA" + name,
          .secret_access_key = Secret("secret"),
          .session_token = Secret("token-" + name)};
}

// Answers with what names the sender: the key that signed, and the session token.
void AnswerWithSender(Peer& peer) {
  while (auto received = peer.Read()) {
    auto& headers = received->headers;
    const auto& authorization = headers["authorization"];
    const auto key = authorization.find("AKIA");
    const auto end = key == std::string::npos ? key : authorization.find('/', key);
    peer.Send(HttpAnswer(fmt::format(
        "{} {} {}", key == std::string::npos ? authorization : authorization.substr(key, end - key),
        headers["x-amz-security-token"], received->body)));
  }
}

TEST(CurlTransportReuseTest, KeepsTheConnectionForTheNextCall) {
  const LoopbackServer server(AnswerAll(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(transport.Perform(Post(server.url()), {}));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlTransportReuseTest, KeepsTheConnectionAfterARefusal) {
  const LoopbackServer server(AnswerAll(HttpAnswer("no", "", "400 Bad Request")));
  CurlTransport transport({.user_agent = "test"});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(transport.Perform(Post(server.url()), {}));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlTransportReuseTest, ConnectsAnewWhenTheServerHasClosedAnIdleConnection) {
  const LoopbackServer server([](Peer& peer) {
    if (peer.Read()) peer.Send(HttpAnswer("{}"));
  });
  CurlTransport transport({.user_agent = "test"});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).body, "{}") << i;
  }
  EXPECT_EQ(server.connections(), 5U);
}

TEST(CurlTransportReuseTest, ForgetsTheKeysOfTheCallBefore) {
  const LoopbackServer server(AnswerWithSender);
  CurlTransport transport({.user_agent = "test"});
  auto request = Post(server.url(), "1");
  request.signature = Sign("ONE");
  EXPECT_EQ(Must(transport.Perform(request, {})).body, "AKIAONE token-ONE 1");
  EXPECT_EQ(Must(transport.Perform(Post(server.url(), "2"), {})).body, "  2");
  request.signature = Sign("TWO");
  request.signature->session_token = Secret();
  EXPECT_EQ(Must(transport.Perform(request, {})).body, "AKIATWO  1");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlTransportReuseTest, ForgetsTheAnswerOfTheCallBefore) {
  std::atomic<int> calls{0};
  const LoopbackServer server([&](Peer& peer) {
    while (peer.Read()) {
      peer.Send(calls++ == 0 ? HttpAnswer("first",
                                          "x-amzn-requestid: 1\r\nx-amzn-errortype: E\r\n"
                                          "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n",
                                          "400 Bad Request")
                             : HttpAnswer(""));
    }
  });
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).request_id, "1");
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})),
            (Response{.status = 200,
                      .body = "",
                      .request_id = "",
                      .error_type = "",
                      .clock_ahead = std::nullopt}));
}

TEST(CurlTransportReuseTest, ServesManyThreadsAtOnceWithAConnectionEach) {
  constexpr std::size_t kThreads = 8;
  constexpr int kCalls = 20;
  const LoopbackServer server(AnswerWithSender);
  CurlTransport transport({.user_agent = "test"});
  std::mutex mutex;
  std::vector<std::string> wrong;
  {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        start.arrive_and_wait();
        for (int call = 0; call < kCalls; ++call) {
          const auto name = fmt::format("{}x{}", thread, call);
          auto request = Post(server.url(), name);
          request.signature = Sign(name);
          const auto body = Must(transport.Perform(request, {})).body;
          const std::scoped_lock lock(mutex);
          if (body != fmt::format("AKIA{0} token-{0} {0}", name)) wrong.push_back(body);
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<std::string>());
  EXPECT_LE(server.connections(), kThreads);
}

}  // namespace
}  // namespace ecsd::http
