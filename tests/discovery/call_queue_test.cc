#include "discovery/call_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

namespace ecsd::discovery {
namespace {

TEST(CallQueueTest, TakesEveryResultInOnTheOwnersThread) {
  CallQueue queue(4);
  std::set<std::thread::id> takers;
  std::vector<int> results;
  for (int i = 0; i < 100; ++i) {
    queue.Submit(Urgency::kNormal, [&, i]() -> CallQueue::Done {
      return [&, i] {
        takers.insert(std::this_thread::get_id());
        results.push_back(i);
      };
    });
  }
  while (queue.RunOne()) {
  }
  std::ranges::sort(results);
  EXPECT_EQ(results.size(), 100U);
  EXPECT_EQ(results.back(), 99);
  EXPECT_THAT(takers, testing::ElementsAre(std::this_thread::get_id()));
}

TEST(CallQueueTest, MakesCallsSideBySideButNoMoreThanItMay) {
  constexpr int kMost = 3;
  CallQueue queue(kMost);
  std::latch all_run(kMost);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  for (int i = 0; i < kMost; ++i) {
    queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
      most = std::max(most.load(), ++running);
      all_run.arrive_and_wait();
      --running;
      return [] {};
    });
  }
  for (int i = 0; i < 50; ++i) {
    queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
      const int now = ++running;
      EXPECT_LE(now, kMost);
      --running;
      return [] {};
    });
  }
  while (queue.RunOne()) {
  }
  EXPECT_LE(most, kMost);
}

TEST(CallQueueTest, AResultMayAskForMore) {
  CallQueue queue(2);
  int depth = 0;
  std::function<void()> more = [&] {
    if (++depth == 10) return;
    queue.Submit(Urgency::kFirst, [&]() -> CallQueue::Done { return more; });
  };
  more();
  while (queue.RunOne()) {
  }
  EXPECT_EQ(depth, 10);
}

TEST(CallQueueTest, UrgentCallsGoFirst) {
  CallQueue queue(1);
  std::latch begun(1);
  std::latch all_submitted(1);
  std::vector<int> order;
  queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
    begun.count_down();
    all_submitted.wait();
    return [] {};
  });
  begun.wait();
  for (const int i : {1, 2}) {
    queue.Submit(Urgency::kNormal,
                 [&, i]() -> CallQueue::Done { return [&, i] { order.push_back(i); }; });
  }
  queue.Submit(Urgency::kFirst, [&]() -> CallQueue::Done { return [&] { order.push_back(3); }; });
  all_submitted.count_down();
  while (queue.RunOne()) {
  }
  EXPECT_THAT(order, testing::ElementsAre(3, 1, 2));
}

// More may be listed than there is time for; what is listed must be described all the same.
TEST(CallQueueTest, UrgentCallsAndOthersAreMadeInTurn) {
  CallQueue queue(1);
  std::latch begun(1);
  std::latch all_submitted(1);
  std::vector<int> order;
  queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
    begun.count_down();
    all_submitted.wait();
    return [] {};
  });
  begun.wait();
  const auto submit = [&](Urgency urgency, int number) {
    queue.Submit(urgency, [&order, number]() -> CallQueue::Done {
      return [&order, number] { order.push_back(number); };
    });
  };
  for (const int i : {1, 2, 3, 4}) submit(Urgency::kFirst, i);
  for (const int i : {11, 12}) submit(Urgency::kNormal, i);
  submit(Urgency::kAwaited, 21);
  all_submitted.count_down();
  while (queue.RunOne()) {
  }
  EXPECT_THAT(order, testing::ElementsAre(1, 21, 2, 11, 3, 12, 4));
}

// They may all have to wait for one of AWS' limits.
TEST(CallQueueTest, AwaitedCallsGoFirstButHoldNoMoreThanHalfOfTheThreads) {
  CallQueue queue(2);
  std::latch normal_ended(1);
  std::atomic<int> awaited{0};
  for (int i = 0; i < 4; ++i) {
    queue.Submit(Urgency::kAwaited, [&]() -> CallQueue::Done {
      normal_ended.wait();
      ++awaited;
      return [] {};
    });
    if (i > 0) continue;
    queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
      normal_ended.count_down();
      return [] {};
    });
  }
  while (queue.RunOne()) {
  }
  EXPECT_EQ(awaited, 4);
}

TEST(CallQueueTest, AnEmptyQueueWaitsForNothing) {
  CallQueue queue(2);
  EXPECT_FALSE(queue.RunOne());
}

TEST(CallQueueTest, CallsThatHaveNotBegunAreDroppedWithTheQueue) {
  std::atomic<int> made{0};
  {
    CallQueue queue(1);
    for (int i = 0; i < 100; ++i) {
      queue.Submit(Urgency::kNormal, [&]() -> CallQueue::Done {
        ++made;
        return [] {};
      });
    }
  }
  EXPECT_LE(made, 100);
}

}  // namespace
}  // namespace ecsd::discovery
