#include "sim/faults.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "support/mutex.h"
#include "support/result.h"

namespace ecsd::sim {
namespace {

using NamedKind = std::pair<std::string_view, FaultKind>;

constexpr std::array kKinds = {
    NamedKind{"throttle", FaultKind::kThrottle},
    NamedKind{"500", FaultKind::kServerError},
    NamedKind{"503", FaultKind::kUnavailable},
    NamedKind{"reset", FaultKind::kReset},
    NamedKind{"truncated", FaultKind::kTruncated},
    NamedKind{"garbage", FaultKind::kGarbage},
    NamedKind{"html", FaultKind::kHtml},
    NamedKind{"empty-body", FaultKind::kEmptyBody},
    NamedKind{"wrong-type", FaultKind::kWrongType},
    NamedKind{"hang", FaultKind::kHang},
    NamedKind{"expired", FaultKind::kExpired},
    NamedKind{"denied", FaultKind::kDenied},
    NamedKind{"missing", FaultKind::kMissing},
    NamedKind{"empty-page", FaultKind::kEmptyPage},
    NamedKind{"empty-list", FaultKind::kEmptyList},
    NamedKind{"duplicate-item", FaultKind::kDuplicateItem},
    NamedKind{"repeated-token", FaultKind::kRepeatedToken},
};

constexpr std::array<std::string_view, 12> kActions = {
    "*",
    "AssumeRole",
    "DescribeClusters",
    "DescribeContainerInstances",
    "DescribeInstanceInformation",
    "DescribeInstances",
    "DescribeTaskDefinition",
    "DescribeTasks",
    "GetCallerIdentity",
    "ListClusters",
    "ListContainerInstances",
    "ListTasks",
};

std::optional<unsigned int> ReadCount(std::string_view text) {
  unsigned int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

tl::unexpected<support::Error> Reject(std::string_view text, std::string_view reason) {
  return support::Fail(support::ErrorKind::kConfig,
                       fmt::format("fault \"{}\": {}; it is ACTION:KIND[:COUNT]", text, reason));
}

}  // namespace

support::Result<Fault> ParseFault(std::string_view text) {
  const std::size_t first = text.find(':');
  if (first == std::string_view::npos) return Reject(text, "no kind");
  Fault fault;
  fault.action = text.substr(0, first);
  if (std::ranges::find(kActions, fault.action) == kActions.end()) {
    return Reject(text, fmt::format("unknown action (known: {})", fmt::join(kActions, ", ")));
  }
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = rest.find(':');
  const auto* const kind = std::ranges::find_if(
      kKinds, [&](const NamedKind& known) { return known.first == rest.substr(0, second); });
  if (kind == kKinds.end()) {
    return Reject(text, fmt::format("unknown kind (known: {})", FaultNames()));
  }
  fault.kind = kind->second;
  if (second != std::string_view::npos) {
    fault.remaining = ReadCount(rest.substr(second + 1));
    if (!fault.remaining) return Reject(text, "the count is no positive number");
  }
  return fault;
}

std::string FaultNames() {
  std::vector<std::string_view> names;
  names.reserve(kKinds.size());
  for (const NamedKind& kind : kKinds) names.push_back(kind.first);
  return fmt::format("{}", fmt::join(names, ", "));
}

void FaultPlan::Replace(std::vector<Fault> faults) {
  const support::MutexLock lock(mutex_);
  faults_ = std::move(faults);
}

std::optional<FaultKind> FaultPlan::Take(std::string_view action) {
  const support::MutexLock lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.action != "*" && fault.action != action) continue;
    if (!fault.remaining) return fault.kind;
    if (*fault.remaining == 0) continue;
    --*fault.remaining;
    return fault.kind;
  }
  return std::nullopt;
}

}  // namespace ecsd::sim
