#include "server/live_web_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "testing/temporary_directory.h"

namespace ecsd::server {
namespace {

class LiveWebConfigTest : public testing::Test {
 protected:
  std::unique_ptr<LiveWebConfig> Open(const std::string& path) {
    auto opened = LiveWebConfig::Open(path, log_);
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
  telemetry::Log log_{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
};

TEST_F(LiveWebConfigTest, FollowsTheFile) {
  const auto config = Open(Write("a"));
  EXPECT_EQ(HeaderOf(*config), "a");

  static_cast<void>(Write("bb"));
  EXPECT_EQ(HeaderOf(*config), "a");  // a request does not look at files
  config->Look();
  EXPECT_EQ(HeaderOf(*config), "bb");
}

TEST_F(LiveWebConfigTest, KeepsWhatItHasWhenTheFileTurnsBadOrGoes) {
  const auto path = Write("a");
  const auto config = Open(path);

  static_cast<void>(directory_.Write("web.yml", "nonsense: true"));
  config->Look();
  EXPECT_EQ(HeaderOf(*config), "a");
  std::filesystem::remove(path);
  config->Look();
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
    config->Look();
    EXPECT_EQ(*config->Current(), before) << cut;
  }
}

// Opening it used to wait for a writer, under the lock that every request takes.
TEST_F(LiveWebConfigTest, KeepsWhatItHasWhenAFifoTakesThePlaceOfTheFile) {
  const auto path = Write("a");
  const auto config = Open(path);

  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  config->Look();
  EXPECT_EQ(HeaderOf(*config), "a");
  std::filesystem::remove(path);
  static_cast<void>(Write("bb"));
  config->Look();
  EXPECT_EQ(HeaderOf(*config), "bb");
}

TEST_F(LiveWebConfigTest, HasNothingWithoutAFile) {
  const auto config = Open("");

  config->Look();
  EXPECT_EQ(*config->Current(), WebConfig{});
}

}  // namespace
}  // namespace ecsd::server
