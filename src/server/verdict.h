#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/identity.h"
#include "server/page.h"
#include "server/snapshot.h"
#include "support/clock.h"

namespace ecsd::server {

// How the program stands, as the page says it first.
struct Verdict {
  enum class Tone : std::uint8_t {
    kWait,  // nothing is known yet
    kGood,
    kWarn,  // degraded, still serving
    kBad,   // nothing is served, or nothing of it is read any more
  };

  Tone tone = Tone::kGood;
  std::string headline;              // one sentence, as HTML
  std::vector<std::string> details;  // what else is wrong, and what to do, as HTML
};

[[nodiscard]] Verdict JudgeState(const PageInput& input, const Identity& identity);

// Of a CSS class: "good".
[[nodiscard]] std::string_view NameOf(Verdict::Tone tone);

// The account that is read, by the caller's identity, else by the ARNs of its clusters; empty: not
// known.
[[nodiscard]] std::string AccountOf(const PageInput& input);

// From when on what a refresh at `refreshed` found is too old: three intervals later. Zero
// interval: never.
[[nodiscard]] bool IsLate(support::SystemTime refreshed, const PageInput& input,
                          const Identity& identity);

inline constexpr int kIntervalsUntilLate = 3;

// Whether the cluster was never read, so that it serves nothing: nothing of it is known.
[[nodiscard]] bool NeverRead(const ClusterStatus& cluster);

// How many clusters of the selection could not be read in the last refresh.
[[nodiscard]] std::size_t StaleClusters(const Snapshot& snapshot);

}  // namespace ecsd::server
