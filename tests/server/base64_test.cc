#include "server/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::server {
namespace {

using namespace std::string_literals;

// RFC 4648, section 10.
TEST(Base64Test, PassesTheVectorsOfTheStandard) {
  for (const auto& [bytes, text] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"},
                                                        {"\xFB\xFF\0"s, "+/8A"}}) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes) << text;
  }
}

TEST(Base64Test, TakesEveryLength) {
  std::string bytes;
  for (int size = 0; size < 300; ++size) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes += static_cast<char>(size);
  }
}

TEST(Base64Test, RefusesWhatItDidNotMake) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Z", "Zg==Zg==", "Zm9v\nZm9v", " Zg==", "Zh==", "-_8A", "!!!!", "===="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ecsd::server
