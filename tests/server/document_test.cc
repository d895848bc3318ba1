#include "server/document.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "server/request.h"
#include "server/snapshots.h"

namespace ecsd::server {
namespace {

std::string Unzipped(const std::string& packed) {
  std::string plain(100'000, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  std::string input = packed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

TEST(ServeTest, GivesTheBytesToWhoTakesNoGzip) {
  const auto document = MakeDocument("application/json", "[]\n");

  const auto response = Serve(*document, {.method = "GET"});

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(BodyOf(response), "[]\n");
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "(none)");
  EXPECT_EQ(HeaderOf(response, "Vary"), "Accept-Encoding");
}

TEST(ServeTest, CompressesForWhoTakesGzip) {
  const std::string bytes(50'000, 'x');
  const auto document = MakeDocument("application/json", bytes);

  const auto response = Serve(*document, {.method = "GET", .accept_encoding = "deflate, gzip"});

  EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "gzip");
  EXPECT_LT(BodyOf(response).size(), 1000U);
  EXPECT_EQ(Unzipped(BodyOf(response)), bytes);
}

TEST(ServeTest, AnswersNotModifiedOnlyForTheSameBytesInTheSameEncoding) {
  const auto document = MakeDocument("application/json", "[]\n");
  const auto tag = HeaderOf(Serve(*document, {.method = "GET"}), "ETag");

  const auto same = Serve(*document, {.method = "GET", .if_none_match = "\"x\", W/" + tag});
  const auto zipped =
      Serve(*document, {.method = "GET", .accept_encoding = "gzip", .if_none_match = tag});
  const auto changed =
      Serve(*MakeDocument("application/json", "[1]\n"), {.method = "GET", .if_none_match = tag});

  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(BodyOf(same), "");
  EXPECT_EQ(HeaderOf(same, "ETag"), tag);
  EXPECT_EQ(zipped.status, 200U);
  EXPECT_EQ(changed.status, 200U);
}

TEST(AcceptsGzipTest, FollowsQualityValues) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("br;q=1.0, GZIP;q=0.5"));
  EXPECT_TRUE(AcceptsGzip("*"));
  EXPECT_FALSE(AcceptsGzip(""));
  EXPECT_FALSE(AcceptsGzip("identity"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0"));
  EXPECT_FALSE(AcceptsGzip("gzip; q=0.000, *"));
  EXPECT_FALSE(AcceptsGzip("*;q=0"));
  EXPECT_FALSE(AcceptsGzip(",,;;q=,"));
}

}  // namespace
}  // namespace ecsd::server
