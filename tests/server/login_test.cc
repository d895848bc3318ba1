#include "server/login.h"

#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "server/digest.h"

namespace ecsd::server {
namespace {

// bcrypt of "s3cret", at the lowest cost.
constexpr const char* kHash = "$2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn.";

BasicLogin Login(const std::string& user, const std::string& password) {
  return {.user = user, .password = support::Secret(password)};
}

TEST(ReadBasicLoginTest, ReadsNameAndPassword) {
  EXPECT_EQ(ReadBasicLogin("Basic " + EncodeBase64("ann:s3:cret")), Login("ann", "s3:cret"));
  EXPECT_EQ(ReadBasicLogin("bAsIc " + EncodeBase64("ann:")), Login("ann", ""));
}

TEST(ReadBasicLoginTest, ReadsNothingElse) {
  for (const std::string& header :
       {std::string(), std::string("Bearer x"), std::string("Basic !!!"), std::string("Basic"),
        "Basic " + EncodeBase64("no colon"), "Basic " + EncodeBase64(std::string(3000, ':'))}) {
    EXPECT_EQ(ReadBasicLogin(header), std::nullopt) << header;
  }
}

TEST(LoginCheckerTest, KnowsWhoMayComeIn) {
  const Users users = {{"ann", support::Secret(kHash)}};
  LoginChecker checker;

  EXPECT_EQ(checker.Check(users, Login("ann", "s3cret")), LoginOutcome::kGood);
  EXPECT_EQ(checker.Check(users, Login("ann", "s3cret")), LoginOutcome::kGood);  // remembered
  EXPECT_EQ(checker.Check(users, Login("ann", "S3cret")), LoginOutcome::kBad);
  EXPECT_EQ(checker.Check(users, Login("bob", "s3cret")), LoginOutcome::kBad);
  EXPECT_EQ(checker.Check(users, Login("ann", std::string("s3cret\0x", 8))), LoginOutcome::kBad);
}

// Wrong passwords used to push the good one out of the memory, so that Prometheus was turned away
// while strangers kept the checks busy.
TEST(LoginCheckerTest, RemembersWhoCameInWhateverStrangersTry) {
  const Users users = {
      {"ann", support::Secret(kHash)},
      {"slow", support::Secret("$2y$12$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi")}};
  LoginChecker checker;
  ASSERT_EQ(checker.Check(users, Login("ann", "s3cret")), LoginOutcome::kGood);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(checker.Check(users, Login("ann", std::to_string(i))), LoginOutcome::kBad);
  }

  std::vector<std::jthread> strangers;
  for (const std::string name : {"a", "b"}) {
    strangers.emplace_back([&checker, &users, name](const std::stop_token& stop) {
      for (int i = 0; !stop.stop_requested(); ++i) {
        static_cast<void>(checker.Check(users, Login("slow", name + std::to_string(i))));
      }
    });
  }
  int wrong = 200;
  while (checker.Check(users, Login("ann", std::to_string(wrong))) != LoginOutcome::kBusy) ++wrong;

  EXPECT_EQ(checker.Check(users, Login("ann", "s3cret")), LoginOutcome::kGood);
}

TEST(LoginCheckerTest, ForgetsAPasswordWhoseHashIsReplaced) {
  LoginChecker checker;
  EXPECT_EQ(checker.Check({{"ann", support::Secret(kHash)}}, Login("ann", "s3cret")),
            LoginOutcome::kGood);

  const Users changed = {
      {"ann", support::Secret("$2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cm.")}};

  EXPECT_EQ(checker.Check(changed, Login("ann", "s3cret")), LoginOutcome::kBad);
}

}  // namespace
}  // namespace ecsd::server
