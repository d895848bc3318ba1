#include "app/publisher.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/watchdog.h"
#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/source_view.h"
#include "support/clock.h"
#include "telemetry/log.h"
#include "testing/temporary_directory.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;

core::Target TaskTarget(const std::string& cluster, int task) {
  return {.address = "10.0.0." + std::to_string(task) + ":80",
          .labels = {{core::kTaskArnLabel, "task/" + std::to_string(task)},
                     {core::kClusterArnLabel, cluster}}};
}

class PublisherTest : public testing::Test {
 protected:
  ~PublisherTest() override { publisher_.reset(); }

  Publisher& Start(std::size_t sources, std::string path = {}) {
    if (path.empty()) path = path_;
    publisher_.emplace(Publisher::Parameters{.write_to = path,
                                             .sources = sources,
                                             .clock = clock_,
                                             .log = log_,
                                             .watchdog = watchdog_,
                                             .dashboard = nullptr,
                                             .stop = stop_.get_token()});
    return *publisher_;
  }

  // A source that has targets of these tasks. Each view of it is a newer one.
  std::shared_ptr<const discovery::SourceView> ViewOf(const std::string& cluster,
                                                      const std::vector<int>& tasks,
                                                      bool may_write = true) {
    std::vector<core::Target> targets;
    for (const int task : tasks) targets.push_back(TaskTarget(cluster, task));
    discovery::Fleet fleet;
    for (int i = 0; i <= version_; ++i) fleet.Seed(targets, {});
    ++version_;
    return std::make_shared<const discovery::SourceView>(
        discovery::SourceView{.fleet = fleet.Snapshot({}), .may_write = may_write});
  }

  static RefreshEnd EndOf(std::size_t source, std::shared_ptr<const discovery::SourceView> view) {
    return {.source = source, .view = std::move(view), .complete = true};
  }

  // The addresses in the file, in its order; nothing where there is no file.
  [[nodiscard]] std::optional<std::vector<std::string>> InFile() const {
    std::ifstream file(path_);
    if (!file) return std::nullopt;
    std::vector<std::string> addresses;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("  - ")) addresses.push_back(line.substr(4));
    }
    return addresses;
  }

  // Whether the file comes to have these addresses.
  [[nodiscard]] bool ComesToHave(const std::vector<std::string>& addresses) const {
    for (int i = 0; i < 6000; ++i) {
      if (InFile() == addresses) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  const test::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/targets.yml";
  const support::RealClock clock_;
  const telemetry::Log log_{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  std::stop_source stop_;
  Watchdog watchdog_{stop_.get_token(), {}, [](const std::string&, std::chrono::seconds) {}};
  std::optional<Publisher> publisher_;
  int version_ = 0;
};

TEST_F(PublisherTest, TheEndOfARefreshIsInTheFileWhenItReturns) {
  auto& publisher = Start(1);
  EXPECT_EQ(publisher.Publish(EndOf(0, ViewOf("a", {2, 1}))), Published::kReplaced);
  EXPECT_EQ(InFile(), (std::vector<std::string>{"10.0.0.1:80", "10.0.0.2:80"}));
  EXPECT_EQ(publisher.Publish(EndOf(0, ViewOf("a", {2, 1}))), Published::kUnchanged);
  EXPECT_EQ(publisher.Publish(EndOf(0, ViewOf("a", {3}))), Published::kReplaced);
  EXPECT_EQ(InFile(), (std::vector<std::string>{"10.0.0.3:80"}));
}

TEST_F(PublisherTest, TheTargetsOfAllSourcesAreInTheOrderOfTheFile) {
  auto& publisher = Start(2);
  EXPECT_EQ(publisher.Publish(EndOf(0, ViewOf("a", {1, 4}))), Published::kWithheld);
  EXPECT_EQ(InFile(), std::nullopt) << "the other source has told nothing yet";
  EXPECT_EQ(publisher.Publish(EndOf(1, ViewOf("b", {2, 3}))), Published::kReplaced);
  EXPECT_EQ(InFile(),
            (std::vector<std::string>{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"}));
}

TEST_F(PublisherTest, ATaskThatTwoSourcesHaveComesFromTheFirst) {
  auto& publisher = Start(2);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1, 2}))));
  static_cast<void>(publisher.Publish(EndOf(1, ViewOf("b", {2, 3}))));
  EXPECT_EQ(InFile(), (std::vector<std::string>{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"}));
}

TEST_F(PublisherTest, NothingIsWrittenBeforeEverySourceMay) {
  auto& publisher = Start(2);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1}))));
  EXPECT_EQ(publisher.Publish(EndOf(1, ViewOf("b", {2}, false))), Published::kWithheld);
  EXPECT_EQ(InFile(), std::nullopt);
}

TEST_F(PublisherTest, ALastRefreshThatFailedIsWithheld) {
  auto& publisher = Start(1);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1}))));
  EXPECT_EQ(publisher.Publish({.source = 0, .view = ViewOf("a", {}), .withheld = true}),
            Published::kWithheld);
  EXPECT_EQ(InFile(), (std::vector<std::string>{"10.0.0.1:80"}));
}

TEST_F(PublisherTest, WhatIsKnownEarlyIsPublishedBeforeTheRefreshEnds) {
  auto& publisher = Start(1);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1}))));
  publisher.Changed(0, ViewOf("a", {1, 2}));
  EXPECT_TRUE(ComesToHave({"10.0.0.1:80", "10.0.0.2:80"}));
  for (int task = 3; task < 20; ++task) publisher.Changed(0, ViewOf("a", {1, task}));
  EXPECT_TRUE(ComesToHave({"10.0.0.1:80", "10.0.0.19:80"})) << "the last of many changes";
}

// The line of a refresh in the log says what the refresh did.
TEST_F(PublisherTest, WhatWasWrittenEarlyIsTheDoingOfItsRefresh) {
  auto& publisher = Start(1);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1}))));
  const auto view = ViewOf("a", {1, 2});
  publisher.Changed(0, view);
  EXPECT_TRUE(ComesToHave({"10.0.0.1:80", "10.0.0.2:80"}));
  EXPECT_EQ(publisher.Publish(EndOf(0, view)), Published::kReplaced);
  EXPECT_EQ(publisher.Publish(EndOf(0, view)), Published::kUnchanged);
}

TEST_F(PublisherTest, IsGoodWhenTheLastPublicationWas) {
  auto& publisher = Start(2);
  static_cast<void>(publisher.Publish(EndOf(0, ViewOf("a", {1}))));
  EXPECT_FALSE(publisher.is_good()) << "the other source has told nothing yet";
  static_cast<void>(publisher.Publish(EndOf(1, ViewOf("b", {2}))));
  EXPECT_TRUE(publisher.is_good());
}

TEST_F(PublisherTest, WhatIsKnownEarlyWaitsForTheFirstGoodReading) {
  auto& publisher = Start(1);
  publisher.Changed(0, ViewOf("a", {1}, false));
  EXPECT_EQ(publisher.Publish({.source = 0, .view = ViewOf("a", {1}, false)}),
            Published::kWithheld);
  EXPECT_EQ(InFile(), std::nullopt);
}

TEST_F(PublisherTest, AFileThatCannotBeWrittenIsTriedAgain) {
  const auto place = directory_.path() + "/place";
  auto& publisher = Start(1, place + "/targets.yml");
  const auto view = ViewOf("a", {1});
  EXPECT_EQ(publisher.Publish(EndOf(0, view)), Published::kFailed);
  std::filesystem::create_directory(place);
  EXPECT_EQ(publisher.Publish(EndOf(0, view)), Published::kReplaced) << "the same view";
}

TEST_F(PublisherTest, WhatTheFileHoldsAlreadyIsNotWritten) {
  {
    static_cast<void>(Start(1).Publish(EndOf(0, ViewOf("a", {1}))));
  }
  publisher_.reset();
  auto& publisher = Start(1);
  ASSERT_TRUE(publisher.ReadOwnFile());
  const auto view = ViewOf("a", {9});
  publisher.HoldsAlready({view});
  EXPECT_EQ(publisher.Publish({.source = 0, .view = view}), Published::kUnchanged);
  EXPECT_EQ(InFile(), (std::vector<std::string>{"10.0.0.1:80"})) << "it was taken at its word";
}

}  // namespace
}  // namespace ecsd::app
