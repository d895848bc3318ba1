#include "sim/bearer_tokens.h"

#include <gtest/gtest.h>

#include <string_view>

#include "support/secret.h"
#include "testing/errors.h"

namespace ecsd::sim {
namespace {

TEST(BearerTokensTest, AKindThatWasNeverSetTakesAnyToken) {
  const BearerTokens tokens;
  EXPECT_TRUE(tokens.Accepts("sso", "whatever"));
}

TEST(BearerTokensTest, TheLastTokenOfAKindIsTheOnlyOneTaken) {
  BearerTokens tokens;
  ASSERT_TRUE(tokens.Set("web-identity=a=b").has_value());
  EXPECT_TRUE(tokens.Accepts("web-identity", "a=b"));
  ASSERT_TRUE(tokens.Set("web-identity", support::Secret("c")).has_value());
  EXPECT_FALSE(tokens.Accepts("web-identity", "a=b"));
  EXPECT_TRUE(tokens.Accepts("web-identity", "c"));
}

TEST(BearerTokensTest, RefusesWhatIsNoKindOrNoToken) {
  BearerTokens tokens;
  for (const std::string_view text : {"", "sso", "sso=", "moon=x"}) {
    EXPECT_EQ(test::FailureOf(tokens.Set(text)).message,
              "a token has the form KIND=TOKEN; KIND is one of container, pod-identity, sso, "
              "web-identity");
  }
}

}  // namespace
}  // namespace ecsd::sim
