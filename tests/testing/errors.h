#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "support/result.h"

namespace ecsd::test {

// An error as a value that a test can compare and print.
struct Failed {
  support::ErrorKind kind = support::ErrorKind::kConfig;
  std::string message;
  friend bool operator==(const Failed&, const Failed&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Failed& failed) {
    return out << "kind " << static_cast<int>(failed.kind) << ": " << failed.message;
  }
};

// The error of `result`; one that equals no expectation when there is none.
template <typename T>
[[nodiscard]] Failed FailureOf(const support::Result<T>& result) {
  if (result) {
    ADD_FAILURE() << "succeeded where a failure was expected";
    return {};
  }
  return {.kind = result.error().kind, .message = result.error().message};
}

// The value of `result`, or an empty one and a failed test.
template <typename T>
[[nodiscard]] T Must(const support::Result<T>& result) {
  if (result) return *result;
  ADD_FAILURE() << result.error().message;
  return T{};
}

}  // namespace ecsd::test
