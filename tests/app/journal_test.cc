#include "app/journal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "discovery/source.h"
#include "server/snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using discovery::Event;
using discovery::EventKind;
using telemetry::LogLevel;

const std::string kClusters = "arn:aws:ecs:eu-west-1:1:cluster/";

const std::vector<EventKind> kKinds = {
    EventKind::kClusterStale,  EventKind::kClustersPostponed, EventKind::kClusterRecovered,
    EventKind::kClusterGone,   EventKind::kLossHeld,          EventKind::kLossAccepted,
    EventKind::kTasksDoubted,  EventKind::kInstanceUnknown,   EventKind::kInstanceGone,
    EventKind::kInstanceKnown, EventKind::kAddressDoubtful,   EventKind::kAddressClear,
    EventKind::kLossSmall};

TEST(JournalTest, TellsEveryEventInTheLogAndOnThePage) {
  for (const auto kind : kKinds) {
    const auto telling = Tell({.kind = kind, .subject = kClusters + "prod", .error = "why"}, {});
    EXPECT_FALSE(telling.message.empty());
    EXPECT_FALSE(telling.fields.empty()) << telling.message;
    EXPECT_FALSE(telling.subject.empty()) << telling.message;
    EXPECT_FALSE(telling.text.empty()) << telling.message;
  }
}

TEST(JournalTest, GoodNewsAreNoWarning) {
  for (const auto kind :
       {EventKind::kClusterRecovered, EventKind::kInstanceKnown, EventKind::kAddressClear}) {
    const auto telling = Tell({.kind = kind, .subject = kClusters + "prod", .error = {}}, {});
    EXPECT_EQ(telling.level, LogLevel::kInfo) << telling.message;
    EXPECT_EQ(telling.kind, server::EventKind::kRecovered) << telling.message;
  }
}

TEST(JournalTest, NamesClustersInShort) {
  EXPECT_EQ(
      Tell({.kind = EventKind::kClusterStale, .subject = kClusters + "prod", .error = "why"}, {})
          .subject,
      "cluster prod");
  EXPECT_EQ(NamesOf(kClusters + "a " + kClusters + "b"), "clusters a, b");
  EXPECT_EQ(NamesOf(""), "");
}

TEST(JournalTest, SaysWhatToDoWhereARunIsTooShortForTheGuard) {
  const Event held{.kind = EventKind::kLossHeld, .subject = kClusters + "a", .error = "why"};
  const auto usual = Tell(held, {.ends_early = false});
  const auto early = Tell(held, {.ends_early = true});
  EXPECT_NE(usual.message, early.message);
  EXPECT_NE(early.message.find("--state.path"), std::string::npos);
  EXPECT_EQ(usual.text, early.text);
}

}  // namespace
}  // namespace ecsd::app
