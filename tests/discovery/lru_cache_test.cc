#include "discovery/lru_cache.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ecsd::discovery {
namespace {

using Cache = LruCache<int>;

std::vector<int> RecordsOf(const Cache& cache) {
  std::vector<int> records;
  cache.ForEach([&](const Cache::Pointer& record) { records.push_back(*record); });
  return records;
}

Cache Filled(std::size_t capacity) {
  Cache cache(capacity);
  for (const int number : {1, 2, 3})
    cache.Put(std::to_string(number), std::make_shared<int>(number));
  return cache;
}

TEST(LruCacheTest, FindsWhatWasPutAndNothingElse) {
  auto cache = Filled(3);
  EXPECT_EQ(*cache.Find("2"), 2);
  EXPECT_EQ(cache.Find("4"), nullptr);
}

TEST(LruCacheTest, KeepsAllUntilItIsTrimmed) {
  auto cache = Filled(2);
  EXPECT_EQ(RecordsOf(cache), (std::vector<int>{3, 2, 1}));
  cache.Trim();
  EXPECT_EQ(RecordsOf(cache), (std::vector<int>{3, 2}));
  EXPECT_EQ(cache.Find("1"), nullptr);
}

TEST(LruCacheTest, LetsGoOfWhatWasNotAskedForTheLongest) {
  auto cache = Filled(2);
  EXPECT_EQ(*cache.Find("1"), 1);
  cache.Trim();
  EXPECT_EQ(RecordsOf(cache), (std::vector<int>{1, 3}));
}

TEST(LruCacheTest, ReplacesARecord) {
  auto cache = Filled(3);
  const auto old = cache.Find("2");
  cache.Put("2", std::make_shared<int>(20));
  EXPECT_EQ(*cache.Find("2"), 20);
  EXPECT_EQ(*old, 2);
  EXPECT_EQ(cache.size(), 3U);
}

}  // namespace
}  // namespace ecsd::discovery
