#include "server/verdict.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/arn.h"
#include "server/html.h"
#include "server/identity.h"
#include "server/number_text.h"
#include "server/page.h"
#include "server/snapshot.h"
#include "server/time_text.h"
#include "support/clock.h"

namespace ecsd::server {
namespace {

using Tone = Verdict::Tone;

std::size_t SelectedClusters(const Snapshot& snapshot) {
  return static_cast<std::size_t>(
      std::ranges::count(snapshot.clusters, false, &ClusterStatus::outside));
}

// Whether nothing at all could be read.
bool IsTotalOutage(const Snapshot& snapshot) {
  return !snapshot.error.empty() && StaleClusters(snapshot) == SelectedClusters(snapshot);
}

// Whether the clusters that failed say why, so that nobody needs to be told twice.
bool IsOfAClusterError(const Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.clusters, [&](const ClusterStatus& cluster) {
    return cluster.stale_since && !cluster.error.empty() && !cluster.outside &&
           snapshot.error.find(cluster.error) != std::string::npos;
  });
}

std::string FailingFor(const PageInput& input) {
  const auto& since = input.snapshot.failing_since;
  return since ? " for " + LastingHtml(*since, input.now) : std::string();
}

std::string NoClusters(const PageInput& input, const Identity& identity) {
  const auto account = AccountOf(input);
  const auto where = fmt::format(
      "{}, {}", identity.region.empty() ? "this region" : Escaped(identity.region),
      account.empty() ? "account not known" : fmt::format("account {}", Escaped(account)));
  if (!identity.cluster.empty()) {
    return fmt::format("Cluster {} is not in {}: wrong cluster, region or role?",
                       Escaped(identity.cluster), where);
  }
  return fmt::format("No ECS clusters in {}: wrong region or role?", where);
}

Verdict FirstVerdict(const PageInput& input) {
  if (input.snapshot.error.empty()) {
    return {.tone = Tone::kWait,
            .headline = "The account is being read for the first time; nothing is served yet.",
            .details = {}};
  }
  return {
      .tone = Tone::kBad,
      .headline = fmt::format("No discovery has succeeded since the start, {}; nothing is served.",
                              TimeHtml(input.snapshot.started, input.now)),
      .details = {}};
}

Verdict OutageVerdict(const PageInput& input) {
  return {.tone = Tone::kBad,
          .headline =
              fmt::format("Total outage: nothing could be read{}; {}.", FailingFor(input),
                          input.snapshot.target_count() > 0 ? "the last known targets are served"
                                                            : "there are no targets to serve"),
          .details = {}};
}

std::size_t UnreadClusters(const Snapshot& snapshot) {
  return static_cast<std::size_t>(
      std::ranges::count_if(snapshot.clusters, [](const ClusterStatus& cluster) {
        return cluster.stale_since && !cluster.outside && NeverRead(cluster);
      }));
}

// Of the clusters that could not be read, `unread` were never read.
std::string StaleText(const Snapshot& snapshot, std::size_t stale, std::size_t unread) {
  auto text = fmt::format("{} of {} ", WithSeparators(stale),
                          Counted(SelectedClusters(snapshot), "cluster"));
  if (unread == stale) {
    return text + (stale == 1 ? "was never read and serves no targets."
                              : "were never read and serve no targets.");
  }
  text += "could not be read; the last known targets are kept";
  if (unread == 0) return text + ".";
  return text +
         fmt::format(", but {} {} none.", WithSeparators(unread),
                     unread == 1 ? "was never read and serves" : "were never read and serve");
}

Verdict IncompleteVerdict(const PageInput& input) {
  const auto stale = StaleClusters(input.snapshot);
  if (stale == 0) {
    return {.tone = Tone::kWarn,
            .headline = fmt::format("Refreshes are incomplete{}; what could not be read is kept.",
                                    FailingFor(input)),
            .details = {}};
  }
  return {.tone = Tone::kWarn,
          .headline = StaleText(input.snapshot, stale, UnreadClusters(input.snapshot)),
          .details = {}};
}

std::string HeldBackText(const HeldBack& held) {
  return fmt::format("{} of {} are held back: {}.", Counted(held.targets, "target"),
                     Escaped(fmt::format("{}", fmt::join(held.clusters, ", "))),
                     Escaped(held.why.empty() ? "they are outside the selection" : held.why));
}

Verdict CompleteVerdict(const PageInput& input, const Identity& identity) {
  const auto& snapshot = input.snapshot;
  const auto clusters = SelectedClusters(snapshot);
  if (snapshot.held_back) {
    return {.tone = Tone::kWarn, .headline = HeldBackText(*snapshot.held_back), .details = {}};
  }
  if (clusters == 0) {
    return {.tone = Tone::kWarn, .headline = NoClusters(input, identity), .details = {}};
  }
  if (snapshot.target_count() == 0) {
    return {.tone = Tone::kWarn,
            .headline = fmt::format("No targets: {} in {}, and no container can be scraped.",
                                    Counted(snapshot.tasks, "task"), Counted(clusters, "cluster")),
            .details = {}};
  }
  return {.tone = Tone::kGood,
          .headline = fmt::format("{} {} read completely in the last refresh.",
                                  Counted(clusters, "cluster"), clusters == 1 ? "was" : "were"),
          .details = {}};
}

Verdict MainVerdict(const PageInput& input, const Identity& identity) {
  if (!input.snapshot.ready()) return FirstVerdict(input);
  if (IsTotalOutage(input.snapshot)) return OutageVerdict(input);
  if (!input.snapshot.error.empty()) return IncompleteVerdict(input);
  return CompleteVerdict(input, identity);
}

void Warn(std::string detail, Verdict& verdict) {
  if (verdict.tone == Tone::kGood) verdict.tone = Tone::kWarn;
  verdict.details.push_back(std::move(detail));
}

std::string WhenAgreed(const HeldBack& held, const PageInput& input, const Identity& identity) {
  if (identity.interval.count() == 0 || !input.snapshot.refreshed) return {};
  const auto wait = identity.interval * static_cast<std::int64_t>(held.refreshes_to_agree);
  const auto at =
      *input.snapshot.refreshed + std::chrono::duration_cast<support::SystemTime::duration>(wait);
  return fmt::format(" (about {})", TimeOfDay(at));
}

// What is held back, unless the headline says so, and the ways out.
void WarnOfHeldBack(const HeldBack& held, const PageInput& input, const Identity& identity,
                    Verdict& verdict) {
  auto text = HeldBackText(held);
  if (verdict.headline != text) Warn(std::move(text), verdict);
  const auto wait =
      held.refreshes_to_agree == 0
          ? std::string("wait for the next complete refresh, which judges them")
          : fmt::format("wait, and they are dropped when {} more complete {}{}",
                        held.refreshes_to_agree,
                        held.refreshes_to_agree == 1 ? "refresh agrees" : "refreshes agree",
                        WhenAgreed(held, input, identity));
  Warn(
      fmt::format("Ways out: {}; or drop them now with "
                  "<code>--guard.max-drop-percent 100</code>; or, if they should stay, correct the "
                  "region or <code>-config.cluster</code>.",
                  wait),
      verdict);
}

void WarnOfDoubts(const Doubted& doubted, Verdict& verdict) {
  Warn(
      fmt::format("{} whose targets are kept although ECS contradicts them: dropped or replaced at "
                  "{} if all readings until then agree; nothing to do.",
                  Counted(doubted.tasks, "task"), TimeOfDay(doubted.believed)),
      verdict);
}

void WarnOfClock(std::chrono::seconds ahead, Verdict& verdict) {
  constexpr std::chrono::seconds kTolerance{60};
  if (std::chrono::abs(ahead) < kTolerance) return;
  Warn(fmt::format("The local clock is {} s {} AWS: synchronise it, or AWS refuses the calls.",
                   WithSeparators(static_cast<std::uint64_t>(std::chrono::abs(ahead).count())),
                   ahead.count() > 0 ? "ahead of" : "behind"),
       verdict);
}

void WarnIfLate(const PageInput& input, const Identity& identity, Verdict& verdict) {
  const auto last = input.snapshot.refreshed.value_or(input.snapshot.started);
  if (!IsLate(last, input, identity)) return;
  Warn(fmt::format("{} {}, and one is due every {} s: the program is stuck or very slow.",
                   input.snapshot.refreshed ? "The last refresh ended"
                                            : "No refresh has ended since the start,",
                   TimeHtml(last, input.now),
                   std::chrono::duration_cast<std::chrono::seconds>(identity.interval).count()),
       verdict);
}

}  // namespace

std::string_view NameOf(Verdict::Tone tone) {
  switch (tone) {
    case Tone::kWait:
      return "wait";
    case Tone::kGood:
      return "good";
    case Tone::kWarn:
      return "warn";
    case Tone::kBad:
      break;
  }
  return "bad";
}

bool NeverRead(const ClusterStatus& cluster) {
  return !cluster.last_success && cluster.tasks == 0;
}

std::size_t StaleClusters(const Snapshot& snapshot) {
  return static_cast<std::size_t>(std::ranges::count_if(snapshot.clusters, [](const auto& each) {
    return each.stale_since.has_value() && !each.outside;
  }));
}

std::string AccountOf(const PageInput& input) {
  if (!input.live.caller.account.empty()) return input.live.caller.account;
  std::set<std::string_view> accounts;
  for (const auto& cluster : input.snapshot.clusters) {
    if (!cluster.outside) accounts.insert(core::AccountOfArn(cluster.arn));
  }
  return accounts.size() == 1 ? std::string(*accounts.begin()) : std::string();
}

bool IsLate(support::SystemTime refreshed, const PageInput& input, const Identity& identity) {
  return identity.interval.count() > 0 &&
         input.now - refreshed > kIntervalsUntilLate * identity.interval;
}

Verdict JudgeState(const PageInput& input, const Identity& identity) {
  const auto& snapshot = input.snapshot;
  auto verdict = MainVerdict(input, identity);
  if (!snapshot.error.empty() && !IsOfAClusterError(snapshot)) {
    verdict.details.push_back(EscapedWithBreaks(snapshot.error));
  }
  WarnIfLate(input, identity, verdict);
  if (snapshot.held_back) WarnOfHeldBack(*snapshot.held_back, input, identity, verdict);
  if (snapshot.doubted.tasks > 0) WarnOfDoubts(snapshot.doubted, verdict);
  if (!snapshot.write_error.empty()) {
    Warn("The output file is out of date: " + EscapedWithBreaks(snapshot.write_error), verdict);
  }
  if (input.live.clock_ahead) WarnOfClock(*input.live.clock_ahead, verdict);
  for (const auto& warning : snapshot.warnings) Warn(EscapedWithBreaks(warning), verdict);
  return verdict;
}

}  // namespace ecsd::server
