#include "server/document.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "server/request.h"
#include "server/snapshots.h"
#include "support/pieces.h"

namespace ecsd::server {
namespace {

std::string Unzipped(const std::string& packed) {
  std::string plain(std::size_t{4} * 1024 * 1024, '\0');
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

Document DocumentOf(std::string_view bytes) {
  return {"application/json", support::PiecesOf(bytes)};
}

TEST(ServeTest, GivesTheBytesToWhoTakesNoGzip) {
  const auto document = DocumentOf("[]\n");

  const auto response = document.Serve({.method = "GET"});

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(BodyOf(response), "[]\n");
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "(none)");
  EXPECT_EQ(HeaderOf(response, "Vary"), "Accept-Encoding");
}

TEST(ServeTest, CompressesForWhoTakesGzip) {
  const std::string bytes(50'000, 'x');
  const auto document = DocumentOf(bytes);

  const auto response = document.Serve({.method = "GET", .accept_encoding = "deflate, gzip"});

  EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "gzip");
  EXPECT_LT(BodyOf(response).size(), 1000U);
  EXPECT_EQ(Unzipped(BodyOf(response)), bytes);
}

TEST(ServeTest, AnswersNotModifiedOnlyForTheSameBytesInTheSameEncoding) {
  const auto document = DocumentOf("[]\n");
  const auto tag = HeaderOf(document.Serve({.method = "GET"}), "ETag");

  const auto same = document.Serve({.method = "GET", .if_none_match = "\"x\", W/" + tag});
  const auto zipped =
      document.Serve({.method = "GET", .accept_encoding = "gzip", .if_none_match = tag});
  const auto changed = DocumentOf("[1]\n").Serve({.method = "GET", .if_none_match = tag});

  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(BodyOf(same), "");
  EXPECT_EQ(HeaderOf(same, "ETag"), tag);
  EXPECT_EQ(zipped.status, 200U);
  EXPECT_EQ(changed.status, 200U);
}

// As rendering gives them: so many lines of about 100 bytes, each a piece.
support::Pieces Lines(int count) {
  return [count](const support::TakePiece& take) {
    for (int i = 0; i < count; ++i) {
      if (!take("10.0.0." + std::to_string(i % 256) + ':' + std::string(90, 'p') + '\n'))
        return false;
    }
    return true;
  };
}

// 3 MB of them.
bool GivePieces(const support::TakePiece& take) {
  return Lines(30'000)(take);
}

TEST(ServeTest, PutsThePiecesOfASmallDocumentTogether) {
  const auto bytes = support::Whole(Lines(2000));
  ASSERT_LT(bytes.size(), Document::kKeptPlain);
  const Document document("application/json", Lines(2000));

  EXPECT_EQ(BodyOf(document.Serve({.method = "GET"})), bytes);
  EXPECT_EQ(Unzipped(BodyOf(document.Serve({.method = "GET", .accept_encoding = "gzip"}))), bytes);
}

TEST(ServeTest, GivesLargeDocumentsAsTheyAreToo) {
  const auto bytes = support::Whole(GivePieces);
  ASSERT_GT(bytes.size(), Document::kKeptPlain);
  const Document document("application/json", GivePieces);

  const auto plain = document.Serve({.method = "GET"});
  const auto zipped = document.Serve({.method = "GET", .accept_encoding = "gzip"});

  EXPECT_EQ(BodyOf(plain), bytes);
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "(none)");
  EXPECT_EQ(HeaderOf(zipped, "Content-Encoding"), "gzip");
  EXPECT_LT(BodyOf(zipped).size(), bytes.size() / 10);
  EXPECT_EQ(Unzipped(BodyOf(zipped)), bytes);
}

TEST(ServeTest, UnpacksALargeDocumentOnceForAllWhoHoldIt) {
  const Document document("application/json", GivePieces);

  const auto first = document.Serve({.method = "GET"});
  const auto second = document.Serve({.method = "GET"});

  EXPECT_TRUE(first.body == second.body);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// From now on there are 16 MB for this process.
void LeaveLittleMemory() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const auto most =
      pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + std::size_t{16} * 1024 * 1024;
  const rlimit limit{.rlim_cur = most, .rlim_max = most};
  setrlimit(RLIMIT_AS, &limit);
}

// Sanitizers need memory without a limit.
TEST(ServeTest, Answers503WhereThereIsNoMemoryToUnpackALargeDocument) {
  const Document document("application/json", [](const support::TakePiece& take) {
    const std::string piece(std::size_t{1024} * 1024, 'x');
    for (int i = 0; i < 64; ++i) {
      if (!take(piece)) return false;
    }
    return true;
  });
  const auto serve = [&document] {
    LeaveLittleMemory();
    const auto plain = document.Serve({.method = "GET"}).status;
    const auto zipped = document.Serve({.method = "GET", .accept_encoding = "gzip"}).status;
    std::exit(plain == 503 && zipped == 200 ? 0 : 1);
  };

  EXPECT_EXIT(serve(), testing::ExitedWithCode(0), "");
}
#endif

TEST(ServeTest, TagsTheBytesHoweverTheyWereCut) {
  const auto bytes = support::Whole(GivePieces);

  EXPECT_EQ(HeaderOf(DocumentOf(bytes).Serve({.method = "GET"}), "ETag"),
            HeaderOf(Document("application/json", GivePieces).Serve({.method = "GET"}), "ETag"));
  // The first half of the SHA-256 of "abc" (FIPS 180-2, appendix B.1).
  EXPECT_EQ(HeaderOf(DocumentOf("abc").Serve({.method = "GET"}), "ETag"),
            "\"ba7816bf8f01cfea414140de5dae2223\"");
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
