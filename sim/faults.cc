#include "sim/faults.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/duration.h"
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
    NamedKind{"400", FaultKind::kBadRequest},
    NamedKind{"401", FaultKind::kUnauthorized},
    NamedKind{"403", FaultKind::kForbidden},
    NamedKind{"404", FaultKind::kNotFound},
    NamedKind{"slow", FaultKind::kSlow},
    NamedKind{"expiring", FaultKind::kExpiring},
    NamedKind{"missing", FaultKind::kMissing},
    NamedKind{"empty-page", FaultKind::kEmptyPage},
    NamedKind{"empty-list", FaultKind::kEmptyList},
    NamedKind{"duplicate-item", FaultKind::kDuplicateItem},
    NamedKind{"repeated-token", FaultKind::kRepeatedToken},
    NamedKind{"other-item", FaultKind::kOtherItem},
    NamedKind{"other-cluster", FaultKind::kOtherCluster},
    NamedKind{"wrong-parent", FaultKind::kWrongParent},
    NamedKind{"conflicting-twins", FaultKind::kConflictingTwins},
    NamedKind{"no-status", FaultKind::kNoStatus},
    NamedKind{"unknown-status", FaultKind::kUnknownStatus},
    NamedKind{"no-containers", FaultKind::kNoContainers},
    NamedKind{"no-names", FaultKind::kNoNames},
    NamedKind{"stale", FaultKind::kStale},
    NamedKind{"wild-version", FaultKind::kWildVersion},
    NamedKind{"less", FaultKind::kLess},
    NamedKind{"other-values", FaultKind::kOtherValues},
    NamedKind{"no-version", FaultKind::kNoVersion},
    NamedKind{"no-address", FaultKind::kNoAddress},
    NamedKind{"dead-state", FaultKind::kDeadState},
};

constexpr std::array kActions = std::to_array<std::string_view>({
    "*",
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "ContainerCredentials",
    "DescribeClusters",
    "DescribeContainerInstances",
    "DescribeInstanceInformation",
    "DescribeInstances",
    "DescribeTaskDefinition",
    "DescribeTasks",
    "GetCallerIdentity",
    "GetRoleCredentials",
    "ListClusters",
    "ListContainerInstances",
    "ListTasks",
    "MetadataCredentials",
    "MetadataIdentity",
    "MetadataOther",
    "MetadataRegion",
    "MetadataRole",
    "MetadataToken",
    "PodIdentityCredentials",
});

std::optional<unsigned int> ReadCount(std::string_view text) {
  unsigned int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

tl::unexpected<support::Error> Reject(std::string_view text, std::string_view reason) {
  return support::Fail(
      support::ErrorKind::kConfig,
      fmt::format("fault \"{}\": {}; it is ACTION[@NAME]:KIND[=DURATION][:COUNT]", text, reason));
}

bool TakesDuration(FaultKind kind) {
  return kind == FaultKind::kSlow || kind == FaultKind::kExpiring;
}

// Reads KIND[=DURATION] into the fault.
support::Result<void> ReadKind(std::string_view text, Fault& fault) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const auto* const kind = std::ranges::find_if(
      kKinds, [&](const NamedKind& known) { return known.first == text.substr(0, equals); });
  if (kind == kKinds.end()) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("unknown kind (known: {})", FaultNames()));
  }
  fault.kind = kind->second;
  if (TakesDuration(fault.kind) != (equals < text.size())) {
    return support::Fail(support::ErrorKind::kConfig,
                         "slow and expiring have a duration, such as slow=2s; no other kind does");
  }
  if (!TakesDuration(fault.kind)) return {};
  return ReadDuration(text.substr(equals + 1)).map([&](auto duration) {
    fault.duration = duration;
  });
}

}  // namespace

support::Result<Fault> ParseFault(std::string_view text) {
  const std::size_t first = text.find(':');
  if (first == std::string_view::npos) return Reject(text, "no kind");
  Fault fault;
  const std::string_view target = text.substr(0, first);
  const std::size_t at = target.find('@');
  fault.action = target.substr(0, at);
  if (at != std::string_view::npos) fault.name = target.substr(at + 1);
  if (at != std::string_view::npos && fault.name.empty())
    return Reject(text, "no name after the @");
  if (std::ranges::find(kActions, fault.action) == kActions.end()) {
    return Reject(text, fmt::format("unknown action (known: {})", fmt::join(kActions, ", ")));
  }
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = rest.find(':');
  if (auto read = ReadKind(rest.substr(0, second), fault); !read) {
    return Reject(text, read.error().message);
  }
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

std::optional<Fault> FaultPlan::Take(std::string_view action, const Names& names) {
  const support::MutexLock lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.action != "*" && fault.action != action) continue;
    if (fault.remaining == 0U) continue;
    if (!fault.name.empty() && !names(fault.name)) continue;
    if (!fault.remaining) return fault;
    --*fault.remaining;
    return fault;
  }
  return std::nullopt;
}

}  // namespace ecsd::sim
