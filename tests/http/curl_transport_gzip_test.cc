#include <fmt/core.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "http/curl_transport.h"
#include "http/loopback_server.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::http {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

std::string Gzip(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Packed(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{}",
                     body.size(), body);
}

TEST(CurlTransportGzipTest, AsksForItAndUnpacksIt) {
  std::string asked;
  const std::string text(300'000, 'x');
  {
    const LoopbackServer server([&](Peer& peer) {
      auto received = peer.Read();
      if (!received) return;
      asked = received->headers["accept-encoding"];
      peer.Send(Packed(Gzip(text)));
    });
    CurlTransport transport({.user_agent = "test"});
    EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).body, text);
  }
  EXPECT_EQ(asked, "gzip");
}

TEST(CurlTransportGzipTest, TakesAnAnswerThatIsNotPackedToo) {
  const LoopbackServer server(AnswerAll(HttpAnswer("{}")));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(Must(transport.Perform(Post(server.url()), {})).body, "{}");
}

TEST(CurlTransportGzipTest, GivesUpOnASmallAnswerThatUnpacksToFarTooMuch) {
  const std::string bomb = Packed(Gzip(std::string(std::size_t{65} * 1024 * 1024, '0')));
  EXPECT_LT(bomb.size(), 100'000U);
  const LoopbackServer server(AnswerAll(bomb));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(FailureOf(transport.Perform(Post(server.url()), {})),
            (Failed{.kind = ErrorKind::kTransport,
                    .message = server.url() + ": the answer has more than 67108864 bytes"}));
}

TEST(CurlTransportGzipTest, FailsWhenThePackedBytesAreBroken) {
  auto packed = Gzip(std::string(10'000, 'x'));
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  const LoopbackServer server(AnswerAll(Packed(packed)));
  CurlTransport transport({.user_agent = "test"});
  EXPECT_EQ(FailureOf(transport.Perform(Post(server.url()), {})).kind, ErrorKind::kTransport);
}

TEST(CurlTransportGzipTest, LeavesRoomBehindABodyOfKnownLength) {
  const std::string text(100'000, 'x');
  const LoopbackServer server(AnswerAll(HttpAnswer(text)));
  CurlTransport transport({.user_agent = "test"});
  const auto response = transport.Perform(Post(server.url()), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, text);
  EXPECT_GE(response->body.capacity(), text.size() + kBodySlack);
  EXPECT_LT(response->body.capacity(), text.size() + 1'000);
}

}  // namespace
}  // namespace ecsd::http
