#include "discovery/unknown_instances.h"

#include <gtest/gtest.h>

#include <vector>

#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using Kind = InstanceNews::Kind;
using News = std::vector<InstanceNews>;

class UnknownInstancesTest : public testing::Test {
 protected:
  // A refresh in which EC2 does not know i-1, and ECS reports its agent as `disconnected`.
  void Refresh(int minute, bool disconnected = true) {
    unknown_.BeginRefresh(After(minute).steady);
    unknown_.NoteUnknown("i-1");
    if (disconnected) unknown_.NoteDisconnected("i-1");
  }

  UnknownInstances unknown_;
};

TEST_F(UnknownInstancesTest, IsGoneAfterFiveMinutesOfAgreement) {
  for (int minute = 0; minute < 5; ++minute) {
    Refresh(minute);
    EXPECT_FALSE(unknown_.IsGone("i-1")) << minute;
    EXPECT_EQ(unknown_.doubtful(), 1U);
    EXPECT_EQ(unknown_.TakeNews(),
              minute == 0 ? News({{.id = "i-1", .kind = Kind::kUnknown}}) : News());
  }
  Refresh(5);
  EXPECT_TRUE(unknown_.IsGone("i-1"));
  EXPECT_EQ(unknown_.doubtful(), 0U);
  EXPECT_EQ(unknown_.TakeNews(), (News{{.id = "i-1", .kind = Kind::kGone}}));
  Refresh(6);
  EXPECT_EQ(unknown_.TakeNews(), News());
}

TEST_F(UnknownInstancesTest, AConnectedAgentIsNotGone) {
  Refresh(0, false);
  Refresh(6, false);
  EXPECT_FALSE(unknown_.IsGone("i-1"));
  EXPECT_EQ(unknown_.doubtful(), 0U);
  EXPECT_EQ(unknown_.TakeNews(), News());
}

TEST_F(UnknownInstancesTest, OneKnownAnswerBeginsTheTimeAnew) {
  Refresh(0);
  EXPECT_EQ(unknown_.TakeNews().size(), 1U);
  unknown_.BeginRefresh(After(1).steady);
  unknown_.NoteKnown("i-1");
  EXPECT_EQ(unknown_.TakeNews(), (News{{.id = "i-1", .kind = Kind::kKnownAgain}}));
  Refresh(2);
  Refresh(6);
  EXPECT_FALSE(unknown_.IsGone("i-1"));
  Refresh(7);
  EXPECT_TRUE(unknown_.IsGone("i-1"));
}

TEST_F(UnknownInstancesTest, ARefreshWithoutAnswerConfirmsNothing) {
  Refresh(0);
  unknown_.BeginRefresh(After(6).steady);
  EXPECT_FALSE(unknown_.IsUnknown("i-1"));
  EXPECT_FALSE(unknown_.IsGone("i-1"));
  Refresh(7);
  EXPECT_TRUE(unknown_.IsGone("i-1"));
}

}  // namespace
}  // namespace ecsd::discovery
