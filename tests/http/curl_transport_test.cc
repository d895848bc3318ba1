#include "http/curl_transport.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/loopback_server.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"

namespace ecsd::http {
namespace {

using std::chrono::seconds;
using support::ErrorKind;
using support::Secret;
using test::Failed;
using test::FailureOf;
using test::Must;
using testing::MatchesRegex;

// Keeps what a server receives.
class Recorder {
 public:
  [[nodiscard]] LoopbackServer::Serve Answering(std::string answer) {
    return [this, answer = std::move(answer)](Peer& peer) {
      while (auto received = peer.Read()) {
        {
          const std::scoped_lock lock(mutex_);
          received_.push_back(*std::move(received));
        }
        peer.Send(answer);
      }
    };
  }

  [[nodiscard]] std::vector<Received> received() const {
    const std::scoped_lock lock(mutex_);
    return received_;
  }
  [[nodiscard]] Received only() const {
    const auto all = received();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Received{} : all.front();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Received> received_;
};

Signature Sign(std::string_view token) {
  return {.region = "eu-west-1",
          .service = "ecs",
          .access_key_id = "AKIAEXAMPLE",
          .secret_access_key = Secret("very-secret"),
          .session_token = Secret(std::string(token))};
}

std::string HttpDate(seconds ahead) {
  const auto when = std::time(nullptr) + ahead.count();
  std::tm parts{};
  EXPECT_NE(::gmtime_r(&when, &parts), nullptr);
  std::array<char, 64> text{};
  EXPECT_NE(std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts),
            0U);
  return text.data();
}

TEST(CurlTransportTest, PostsTheBodyWithTheHeadersAndNoOthers) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test/1.2"});
  auto request = Post(server.url() + "base/", R"({"cluster":"a"})");
  request.headers.emplace_back("X-Amz-Target: Service.Action");
  EXPECT_TRUE(transport.Perform(request, {}));
  const auto received = recorder.only();
  EXPECT_EQ(received.start_line, "POST /base/ HTTP/1.1");
  EXPECT_EQ(received.body, R"({"cluster":"a"})");
  EXPECT_EQ(received.headers, (std::map<std::string, std::string, std::less<>>{
                                  {"accept", "*/*"},
                                  {"accept-encoding", "gzip"},
                                  {"content-length", "15"},
                                  {"content-type", "application/x-amz-json-1.1"},
                                  {"host", fmt::format("127.0.0.1:{}", server.port())},
                                  {"user-agent", "test/1.2"},
                                  {"x-amz-target", "Service.Action"}}));
  EXPECT_EQ(received.header_lines, 7U);
}

TEST(CurlTransportTest, PostsBytesAsTheyAre) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("")));
  CurlTransport transport({.user_agent = "test"});
  const std::string bytes("a\0b\r\n\xff%&", 8);
  EXPECT_TRUE(transport.Perform(Post(server.url(), bytes), {}));
  EXPECT_TRUE(transport.Perform(Post(server.url(), ""), {}));
  const auto received = recorder.received();
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0].body, bytes);
  EXPECT_EQ(received[1].body, "");
  EXPECT_EQ(received[1].start_line, "POST / HTTP/1.1");
}

TEST(CurlTransportTest, ReadsTheWholeAnswer) {
  const std::string body("{\"a\":\"\0\xC3\xA4\"}\n", 12);
  const LoopbackServer server(AnswerAll(HttpAnswer(
      body, "x-amzn-RequestId: 8f77-1\r\nContent-Type: application/x-amz-json-1.1\r\n")));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})),
            (Response{.status = 200,
                      .body = body,
                      .request_id = "8f77-1",
                      .error_type = "",
                      .clock_ahead = std::nullopt}));
}

TEST(CurlTransportTest, GivesARefusalAsAnAnswer) {
  for (const auto& [line, status] : std::vector<std::pair<std::string, long>>{
           {"400 Bad Request", 400}, {"403 Forbidden", 403}, {"503 Service Unavailable", 503}}) {
    const LoopbackServer server(AnswerAll(HttpAnswer(
        "no", "X-Amzn-ErrorType: ThrottlingException:http://x/\r\nX-AMZN-REQUESTID: 7\r\n", line)));
    CurlTransport transport({.user_agent = "test"});
    EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})),
              (Response{.status = status,
                        .body = "no",
                        .request_id = "7",
                        .error_type = "ThrottlingException:http://x/",
                        .clock_ahead = std::nullopt}));
  }
}

TEST(CurlTransportTest, ReadsChunkedAnswersAndAnswersUntilTheEnd) {
  const LoopbackServer chunked(AnswerAll(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  const LoopbackServer closing([](Peer& peer) {
    if (peer.Read()) peer.Send("HTTP/1.0 200 OK\r\n\r\nabcde");
  });
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(chunked.url()), {})).body, "abcde");
  EXPECT_EQ(Must(transport.Perform(Post(closing.url()), {})).body, "abcde");
}

TEST(CurlTransportTest, ComparesTheClockWithTheDateOfTheAnswer) {
  for (const auto ahead : {seconds(-3600), seconds(0), seconds(3600)}) {
    const LoopbackServer server(AnswerAll(HttpAnswer("", HttpDate(-ahead))));
    CurlTransport transport({.user_agent = "test"});
    const auto measured =
        Must(transport.Perform(Post(server.url()), {})).clock_ahead.value_or(seconds::max());
    EXPECT_GE(measured, ahead);
    EXPECT_LE(measured, ahead + seconds(10));
  }
}

TEST(CurlTransportTest, KnowsNothingOfTheClockWithoutAReadableDate) {
  const LoopbackServer server(AnswerAll(HttpAnswer("", "Date: some time ago\r\n")));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).clock_ahead, std::nullopt);
}

TEST(CurlTransportTest, SignsForTheGivenRegionAndServiceEveryHeaderOfItsOwn) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  auto request = Post(server.url());
  request.headers.emplace_back("X-Amz-Target: Service.Action");
  request.signature = Sign("");
  EXPECT_TRUE(transport.Perform(request, {}));
  const auto received = recorder.only();
  EXPECT_THAT(received.headers.at("authorization"),
              MatchesRegex("AWS4-HMAC-SHA256 "
                           "Credential=AKIAEXAMPLE/[0-9]{8}/eu-west-1/ecs/aws4_request, "
                           "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                           "Signature=[0-9a-f]{64}"));
  EXPECT_THAT(received.headers.at("x-amz-date"), MatchesRegex("[0-9]{8}T[0-9]{6}Z"));
  EXPECT_FALSE(received.headers.contains("x-amz-security-token"));
}

TEST(CurlTransportTest, SendsAndSignsTheSessionToken) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  auto request = Post(server.url());
  request.signature = Sign("to/ke+n==");
  EXPECT_TRUE(transport.Perform(request, {}));
  const auto received = recorder.only();
  EXPECT_EQ(received.headers.at("x-amz-security-token"), "to/ke+n==");
  EXPECT_THAT(
      received.headers.at("authorization"),
      testing::HasSubstr("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"));
}

TEST(CurlTransportTest, SendsNothingThatItCannotSign) {
  const LoopbackServer server(AnswerAll(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  auto request = Post(server.url());
  request.signature = Sign("");
  request.signature->access_key_id.clear();
  EXPECT_EQ(FailureOf(transport.Perform(request, {})),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = server.url() + ": no access key to sign with"}));
  EXPECT_EQ(server.connections(), 0U);
}

// What followed the line break used to be sent as another header.
TEST(CurlTransportTest, SendsNoCredentialsWithALineBreak) {
  const LoopbackServer server(AnswerAll(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  for (const auto* end : {"\n", "\r", "\r\nX-Other: 1"}) {
    auto request = Post(server.url());
    request.signature = Sign(std::string("token") + end);
    const Failed expected{
        .kind = ErrorKind::kCredentials,
        .message = server.url() + ": the access key or the session token has a line break in it"};
    EXPECT_EQ(FailureOf(transport.Perform(request, {})), expected);
    request.signature = Sign("token");
    request.signature->access_key_id += end;
    EXPECT_EQ(FailureOf(transport.Perform(request, {})), expected);
  }
  EXPECT_EQ(server.connections(), 0U);
}

TEST(CurlTransportTest, DoesNotFollowRedirects) {
  Recorder elsewhere;
  const LoopbackServer other(elsewhere.Answering(HttpAnswer("{}")));
  const LoopbackServer server(
      AnswerAll(HttpAnswer("", "Location: " + other.url() + "\r\n", "302 Found")));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).status, 302);
  EXPECT_EQ(other.connections(), 0U);
}

// Sets an environment variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    EXPECT_EQ(::setenv(name, value.c_str(), 1), 0);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

Request Get(std::string url) {
  auto request = Post(std::move(url), "");
  request.method = Method::kGet;
  request.headers.clear();
  return request;
}

TEST(CurlTransportTest, GetsWithAQuery) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("hello")));
  CurlTransport transport({.user_agent = "test"});
  auto request = Get(server.url() + "a/b?c=d%20e");
  request.headers.emplace_back("X-Token: t");
  EXPECT_EQ(Must(transport.Perform(request, {})).body, "hello");
  const auto received = recorder.only();
  EXPECT_EQ(received.start_line, "GET /a/b?c=d%20e HTTP/1.1");
  EXPECT_EQ(received.headers.at("x-token"), "t");
  EXPECT_EQ(received.header_lines, 4U);  // Host, User-Agent, Accept and ours
}

TEST(CurlTransportTest, PutsNothing) {
  Recorder recorder;
  const LoopbackServer server(recorder.Answering(HttpAnswer("token")));
  CurlTransport transport({.user_agent = "test"});
  auto request = Get(server.url() + "token");
  request.method = Method::kPut;
  EXPECT_EQ(Must(transport.Perform(request, {})).body, "token");
  // The next request over the same handle is what it says again.
  EXPECT_TRUE(transport.Perform(Post(server.url(), "x"), {}));
  EXPECT_TRUE(transport.Perform(Get(server.url()), {}));
  std::vector<std::string> lines;
  for (const auto& received : recorder.received()) lines.push_back(received.start_line);
  EXPECT_EQ(lines,
            (std::vector<std::string>{"PUT /token HTTP/1.1", "POST / HTTP/1.1", "GET / HTTP/1.1"}));
  EXPECT_EQ(recorder.received().front().headers.at("content-length"), "0");
}

TEST(CurlTransportTest, GoesThroughTheProxyOfTheEnvironmentUnlessDirect) {
  Recorder at_proxy;
  Recorder at_server;
  const LoopbackServer proxy(at_proxy.Answering(HttpAnswer("proxy")));
  const LoopbackServer server(at_server.Answering(HttpAnswer("server")));
  const Variable variable("http_proxy", proxy.url());
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Get(server.url()), {})).body, "proxy");
  auto direct = Get(server.url());
  direct.direct = true;
  EXPECT_EQ(Must(transport.Perform(direct, {})).body, "server");
  EXPECT_EQ(Must(transport.Perform(Get(server.url()), {})).body, "proxy");
  const Variable none("no_proxy", "127.0.0.0/8");
  EXPECT_EQ(Must(transport.Perform(Get(server.url()), {})).body, "server");
}

TEST(CurlTransportTest, GoesThroughTheProxyThatItIsGiven) {
  Recorder at_proxy;
  const LoopbackServer proxy(at_proxy.Answering(HttpAnswer("proxy")));
  CurlTransport transport({.user_agent = "test", .http_proxy = proxy.url()});
  EXPECT_EQ(Must(transport.Perform(Get("http://127.0.0.1:1/x"), {})).body, "proxy");
  EXPECT_EQ(at_proxy.only().start_line, "GET http://127.0.0.1:1/x HTTP/1.1");
  const Variable none("NO_PROXY", "127.0.0.1");
  EXPECT_EQ(FailureOf(transport.Perform(Get("http://127.0.0.1:1/x"), {})).kind,
            ErrorKind::kTransport);
}

TEST(CurlTransportTest, ShowsTheNameOfAUrlThatIsSecret) {
  CurlTransport transport({.user_agent = "test"});
  auto request = Get("http://127.0.0.1:1/secret");
  request.shown = "the agent";
  EXPECT_THAT(FailureOf(transport.Perform(request, {})).message,
              MatchesRegex("the agent: .*refused"));
}

TEST(CurlTransportTest, RefusesAHeaderWithALineBreak) {
  CurlTransport transport({.user_agent = "test"});
  auto request = Get("http://127.0.0.1:1/");
  request.headers.emplace_back("X-Token: secret\r\nX: y");
  EXPECT_EQ(FailureOf(transport.Perform(request, {})),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "http://127.0.0.1:1/: the header X-Token has a line break in it"}));
}

}  // namespace
}  // namespace ecsd::http
