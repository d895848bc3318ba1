#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "core/reason.h"

namespace ecsd::core {

// A container that is no target: why, and the facts that decided it, in words for a person.
struct Skip {
  Reason reason = Reason::kTaskNotRunning;
  std::string detail;
  friend bool operator==(const Skip&, const Skip&) = default;
};

template <typename T>
using OrSkip = tl::expected<T, Skip>;

[[nodiscard]] inline tl::unexpected<Skip> SkipBecause(Reason reason, std::string detail) {
  return tl::unexpected(Skip{.reason = reason, .detail = std::move(detail)});
}

}  // namespace ecsd::core
