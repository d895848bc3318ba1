#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

#include "server/document.h"
#include "server/request.h"
#include "server/response.h"
#include "support/pieces.h"

// In place of zlib's: there is no memory for it.
extern "C" int deflateInit2_(z_streamp /*stream*/, int /*level*/, int /*method*/, int /*window*/,
                             int /*memory*/, int /*strategy*/, const char* /*version*/,
                             int /*size*/) {
  return Z_MEM_ERROR;
}

namespace ecsd::server {
namespace {

Response Served(std::string_view bytes, const std::string& if_none_match = {}) {
  const Document document("application/json", support::PiecesOf(bytes));
  return document.Serve(
      {.method = "GET", .accept_encoding = "gzip", .if_none_match = if_none_match});
}

std::string TagOf(const Response& response) {
  for (const auto& header : response.headers) {
    if (header.name == "ETag") return header.value;
  }
  return {};
}

TEST(DocumentThatCannotBeCompressedTest, IsServedAsItIs) {
  const std::string large(Document::kKeptPlain + 1, 'x');

  EXPECT_EQ(*Served("[]\n").body, "[]\n");
  EXPECT_EQ(*Served(large).body, large);
}

TEST(DocumentThatCannotBeCompressedTest, HasTheTagOfItsBytes) {
  const auto tag = TagOf(Served("abc"));

  // The first half of the SHA-256 of "abc" (FIPS 180-2, appendix B.1).
  EXPECT_EQ(tag, "\"ba7816bf8f01cfea414140de5dae2223\"");
  EXPECT_EQ(Served("abc", tag).status, 304U);
  EXPECT_EQ(Served("abcd", tag).status, 200U);
}

}  // namespace
}  // namespace ecsd::server
