#include "server/file_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <semaphore>

namespace ecsd::server {
namespace {

TEST(FileWatchTest, LooksAgainAndAgain) {
  std::counting_semaphore<> looks(0);

  const FileWatch watch([&looks] { looks.release(); }, std::chrono::milliseconds(1));

  for (int i = 0; i < 3; ++i) looks.acquire();
}

TEST(FileWatchTest, EndsInTheMiddleOfAPause) {
  std::atomic<int> looks = 0;
  {
    const FileWatch watch([&looks] { ++looks; }, std::chrono::hours(1));
  }
  EXPECT_EQ(looks, 0);
}

}  // namespace
}  // namespace ecsd::server
