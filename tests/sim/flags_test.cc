#include "sim/flags.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace ecsd::sim {
namespace {

TEST(FlagsTest, ReadsBothFormsOfAFlag) {
  const auto flags =
      ParseFlags({"--seed", "7", "--tasks=12", "--external=3", "--listen=0.0.0.0:8080", "--latency",
                  "2s", "--credentials", "K:S:T:T", "--exporters"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->seed, 7U);
  EXPECT_EQ(flags->tasks, 12U);
  EXPECT_EQ(flags->external, 3U);
  EXPECT_EQ(flags->listen.host, "0.0.0.0");
  EXPECT_EQ(flags->listen.port, 8080);
  EXPECT_EQ(flags->latency, std::chrono::seconds(2));
  EXPECT_TRUE(flags->exporters);
  ASSERT_EQ(flags->credentials.size(), 1U);
  EXPECT_EQ(flags->credentials[0].id, "K");
  EXPECT_EQ(flags->credentials[0].secret.Reveal(), "S");
  EXPECT_EQ(flags->credentials[0].token.Reveal(), "T:T");
}

TEST(FlagsTest, ReadsAddressesOfBothFamilies) {
  const auto flags = ParseFlags({"--seed=1", "--listen=[::1]:9", "--plain-listen=127.0.0.1:0"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->listen.host, "::1");
  EXPECT_EQ(flags->listen.port, 9);
  ASSERT_EQ(flags->plain_listen.size(), 1U);
  EXPECT_EQ(flags->plain_listen[0].host, "127.0.0.1");
}

TEST(FlagsTest, ReadsTokensAndExternalIds) {
  const auto flags =
      ParseFlags({"--seed=1", "--token=sso=a=b", "--external-id=arn:aws:iam::1:role/r=x=y"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->tokens, std::vector<std::string>{"sso=a=b"});
  EXPECT_EQ(flags->external_ids, (ExternalIds{{"arn:aws:iam::1:role/r", "x=y"}}));
}

TEST(FlagsTest, NamesTheFlagThatIsWrong) {
  const auto message = [](const std::vector<std::string>& arguments) {
    const auto flags = ParseFlags(arguments);
    return flags ? std::string() : flags.error().message;
  };
  EXPECT_EQ(message({"--moon=1"}), "unknown flag \"--moon\"; see --help");
  EXPECT_EQ(message({"--seed"}), "--seed needs a value");
  EXPECT_EQ(message({"--exporters=1"}), "--exporters takes no value");
  EXPECT_EQ(message({"--seed=1", "--page-size=0"}),
            "--page-size: \"0\" is no number from 1 to 100");
  EXPECT_EQ(message({"--seed=1", "--latency=ms"}),
            "--latency: \"\" is no number from 0 to 3600000");
  EXPECT_EQ(message({"--seed=1", "--account=x"}), "--account and --seed exclude each other");
  EXPECT_EQ(message({"--account=x", "--exporters"}),
            "--exporters, --tasks and --external need --seed");
  EXPECT_EQ(message({"--seed=1", "--tls.cert=x"}), "--tls.cert and --tls.key need each other");
  EXPECT_EQ(message({}), "no account: give --account FILE or --seed N; see --help");
}

}  // namespace
}  // namespace ecsd::sim
