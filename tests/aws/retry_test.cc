#include "aws/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "support/result.h"

namespace ecsd::aws {
namespace {

using std::chrono::milliseconds;
using support::ErrorKind;

// The delays of all retries, as long as there are any.
std::vector<milliseconds> Delays(ErrorKind kind, double draw) {
  std::vector<milliseconds> delays;
  for (int attempt = 1; attempt < 1000; ++attempt) {
    const auto delay = RetryDelay(kind, attempt, draw);
    if (!delay) break;
    delays.push_back(*delay);
  }
  return delays;
}

std::vector<milliseconds> Milliseconds(const std::vector<int>& counts) {
  return {counts.begin(), counts.end()};
}

constexpr double kAlmostOne = 0.999'999'999;

TEST(RetryDelayTest, DoublesTheLongestDelayOfThrottlingFromOneSecondUpToTwenty) {
  EXPECT_EQ(Delays(ErrorKind::kThrottled, kAlmostOne),
            Milliseconds({999, 1999, 3999, 7999, 15999, 19999, 19999, 19999, 19999, 19999, 19999}));
}

TEST(RetryDelayTest, DoublesTheLongestDelayOfWhatPassesByItselfFromFiftyMilliseconds) {
  for (const auto kind :
       {ErrorKind::kTransport, ErrorKind::kTimeout, ErrorKind::kServer, ErrorKind::kMalformed}) {
    EXPECT_EQ(Delays(kind, kAlmostOne), Milliseconds({49, 99})) << static_cast<int>(kind);
  }
}

TEST(RetryDelayTest, MayBeNoDelayAtAll) {
  EXPECT_EQ(Delays(ErrorKind::kThrottled, 0), std::vector<milliseconds>(11));
  EXPECT_EQ(Delays(ErrorKind::kServer, 0), std::vector<milliseconds>(2));
}

TEST(RetryDelayTest, IsTheDrawnShareOfTheLongest) {
  EXPECT_EQ(RetryDelay(ErrorKind::kThrottled, 3, 0.25), milliseconds(1000));
  EXPECT_EQ(RetryDelay(ErrorKind::kServer, 2, 0.5), milliseconds(50));
}

TEST(RetryDelayTest, DoesNotRepeatWhatWillFailAgain) {
  for (const auto kind :
       {ErrorKind::kConfig, ErrorKind::kCancelled, ErrorKind::kExpired, ErrorKind::kCredentials,
        ErrorKind::kClockSkew, ErrorKind::kDenied, ErrorKind::kNotFound, ErrorKind::kUnsupported,
        ErrorKind::kRejected, ErrorKind::kIo, ErrorKind::kResource}) {
    EXPECT_EQ(RetryDelay(kind, 1, 0.5), std::nullopt) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace ecsd::aws
