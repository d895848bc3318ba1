#include "server/live_web_config.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace ecsd::server {
namespace {

constexpr std::chrono::seconds kPause{2};

class LiveWebConfigTest : public testing::Test {
 protected:
  std::unique_ptr<LiveWebConfig> Open(const std::string& path) {
    auto opened = LiveWebConfig::Open(path, clock_, log_);
    EXPECT_TRUE(opened.has_value());
    return opened ? *std::move(opened) : nullptr;
  }

  // A file that sets the one header to `value`.
  std::string Write(const std::string& value) {
    return directory_.Write("web.yml",
                            "http_server_config: {headers: {X-Frame-Options: " + value + "}}");
  }

  static std::string HeaderOf(LiveWebConfig& config) {
    const auto current = config.Current();
    return current->headers.empty() ? "(none)" : current->headers.front().value;
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  telemetry::Log log_{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
};

TEST_F(LiveWebConfigTest, FollowsTheFile) {
  const auto config = Open(Write("a"));
  EXPECT_EQ(HeaderOf(*config), "a");

  static_cast<void>(Write("bb"));
  EXPECT_EQ(HeaderOf(*config), "a");  // looked at a moment ago
  clock_.Advance(kPause);
  EXPECT_EQ(HeaderOf(*config), "bb");
}

TEST_F(LiveWebConfigTest, KeepsWhatItHasWhenTheFileTurnsBadOrGoes) {
  const auto path = Write("a");
  const auto config = Open(path);

  static_cast<void>(directory_.Write("web.yml", "nonsense: true"));
  clock_.Advance(kPause);
  EXPECT_EQ(HeaderOf(*config), "a");
  std::filesystem::remove(path);
  clock_.Advance(kPause);
  EXPECT_EQ(HeaderOf(*config), "a");
}

// A file that was just being written used to be taken for one without users, and everybody came in.
TEST_F(LiveWebConfigTest, KeepsItsUsersWhenTheFileIsEmptiedOrCutShort) {
  const std::string text =
      "basic_auth_users:\n  ann: $2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn.\n";
  const auto config = Open(directory_.Write("web.yml", text));
  const auto before = *config->Current();

  for (const std::string& cut : {std::string(), text.substr(0, 18), text.substr(0, 30), text}) {
    static_cast<void>(directory_.Write("web.yml", cut));
    clock_.Advance(kPause);
    EXPECT_EQ(*config->Current(), before) << cut;
  }
}

TEST_F(LiveWebConfigTest, HasNothingWithoutAFile) {
  const auto config = Open("");

  clock_.Advance(kPause);
  EXPECT_EQ(*config->Current(), WebConfig{});
}

}  // namespace
}  // namespace ecsd::server
