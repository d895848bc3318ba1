#include "output/fingerprint.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/pieces.h"

namespace ecsd::output {
namespace {

std::string Hex(const std::optional<std::string>& fingerprint) {
  if (!fingerprint) return "none";
  std::string hex;
  for (const char byte : *fingerprint) {
    const auto value = static_cast<unsigned char>(byte);
    hex += "0123456789abcdef"[value >> 4U];
    hex += "0123456789abcdef"[value & 15U];
  }
  return hex;
}

// The examples of FIPS 180-2, appendix B.
TEST(FingerprintTest, IsSha256) {
  EXPECT_EQ(Hex(FingerprintOf(support::PiecesOf("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(FingerprintOf(
                support::PiecesOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(FingerprintOf(support::PiecesOf(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(FingerprintTest, IsThatOfTheBytesHoweverTheyAreCut) {
  const support::Pieces cut = [](const support::TakePiece& take) {
    return take("a") && take("") && take("bc");
  };
  EXPECT_EQ(FingerprintOf(cut), FingerprintOf(support::PiecesOf("abc")));
  EXPECT_NE(FingerprintOf(cut), FingerprintOf(support::PiecesOf("abd")));
}

TEST(FingerprintTest, TakesOneByOne) {
  Fingerprint fingerprint;
  fingerprint.Add("a");
  fingerprint.Add("bc");
  EXPECT_EQ(fingerprint.Finish(), FingerprintOf(support::PiecesOf("abc")));
}

}  // namespace
}  // namespace ecsd::output
