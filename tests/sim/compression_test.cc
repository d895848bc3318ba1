#include "sim/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace ecsd::sim {
namespace {

// By zlib's own reader of gzip.
std::string Gunzip(std::string text, std::size_t size) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(size, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(CompressionTest, GzipComesBackAsItWas) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i * i);
  const std::string small = Gzip(text);
  EXPECT_LT(small.size(), text.size());
  EXPECT_EQ(Gunzip(small, text.size() + 1), text);
}

TEST(CompressionTest, KnowsWhoAsksForIt) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("deflate, GZIP;q=0.5"));
  EXPECT_FALSE(AcceptsGzip("identity"));
  EXPECT_FALSE(AcceptsGzip(""));
}

}  // namespace
}  // namespace ecsd::sim
