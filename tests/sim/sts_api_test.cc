#include "sim/sts_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {
namespace {

using Action = ApiResult (*)(const StsCall&, KeyRing&);

class StsApiTest : public testing::Test {
 protected:
  // "" or the error's code.
  std::string Call(Action action, std::vector<NamedText> more) {
    std::vector<NamedText> parameters = {{"RoleArn", "arn:aws:iam::1:role/x/reader"},
                                         {"RoleSessionName", "me"}};
    for (NamedText& one : more) parameters.push_back(std::move(one));
    const ApiResult result = action({.caller = caller,
                                     .account_id = "1",
                                     .parameters = parameters,
                                     .request_id = "request",
                                     .now = {},
                                     .twist = std::nullopt,
                                     .session_lifetime = std::nullopt,
                                     .external_ids = external_ids,
                                     .tokens = tokens},
                                    keys);
    body = result.value_or("");
    return result ? "" : result.error().code;
  }

  AccessKey caller;
  KeyRing keys;
  ExternalIds external_ids;
  BearerTokens tokens;
  std::string body;
};

TEST_F(StsApiTest, ARoleWithAnExternalIdIsAssumedWithItOnly) {
  EXPECT_EQ(Call(&AssumeRole, {}), "");
  external_ids["arn:aws:iam::1:role/x/reader"] = "ours";
  EXPECT_EQ(Call(&AssumeRole, {}), "AccessDenied");
  EXPECT_EQ(Call(&AssumeRole, {{"ExternalId", "theirs"}}), "AccessDenied");
  EXPECT_EQ(Call(&AssumeRole, {{"ExternalId", "ours"}}), "");
}

TEST_F(StsApiTest, ARoleAssumesAnotherForAnHourAtMost) {
  EXPECT_EQ(Call(&AssumeRole, {{"DurationSeconds", "7200"}}), "");
  caller.principal_arn = "arn:aws:sts::1:assumed-role/first/me";
  EXPECT_EQ(Call(&AssumeRole, {{"DurationSeconds", "7200"}}), "ValidationError");
  EXPECT_EQ(Call(&AssumeRole, {{"DurationSeconds", "3600"}}), "");
}

TEST_F(StsApiTest, AWebIdentityIsItsToken) {
  EXPECT_EQ(Call(&AssumeRoleWithWebIdentity, {}), "ValidationError");
  EXPECT_EQ(Call(&AssumeRoleWithWebIdentity, {{"WebIdentityToken", "jwt"}}), "");
  EXPECT_NE(body.find("<Arn>arn:aws:sts::1:assumed-role/reader/me</Arn>"), std::string::npos);
  EXPECT_NE(body.find("</AssumeRoleWithWebIdentityResult>"), std::string::npos);
  ASSERT_TRUE(tokens.Set("web-identity=newer").has_value());
  EXPECT_EQ(Call(&AssumeRoleWithWebIdentity, {{"WebIdentityToken", "jwt"}}),
            "InvalidIdentityToken");
}

}  // namespace
}  // namespace ecsd::sim
