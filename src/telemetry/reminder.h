#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::telemetry {

// A condition that lasts: since when, and how often it was met since.
struct Episode {
  support::SystemTime since;
  std::uint64_t times = 0;

  // `fields` and, from the second time on, `since` and `times`.
  [[nodiscard]] std::vector<Field> With(std::vector<Field> fields) const;
};

// Decides when the log has a line about a condition that lasts, so that neither its beginning nor
// its duration is missed, and no line comes at every refresh: when it begins, when it is described
// in another way, and again every 15 minutes. Used by one thread, or under a lock.
class Reminder {
 public:
  static constexpr std::chrono::minutes kEvery{15};

  // `clock` must outlive this object.
  explicit Reminder(const support::Clock& clock) : clock_(&clock) {}

  // The condition was met. Gives the episode if a line is due. `kind` and `text` describe it; a
  // text that differs from an earlier one only in words with digits (times, ports, ids) is the
  // same. Of texts that change all the time kMostTexts of a kind are logged in 15 minutes.
  [[nodiscard]] std::optional<Episode> Met(std::string_view kind = {}, std::string_view text = {});

  // It is over. Gives the episode, if there was one.
  std::optional<Episode> Ended();

  // Whether it was met and is not over.
  [[nodiscard]] bool lasts() const { return times_ > 0; }

  static constexpr int kMostTexts = 4;

 private:
  struct Line {
    std::string kind;
    std::string text;
    support::SteadyTime logged;
  };

  [[nodiscard]] bool IsDue(std::string_view kind, const std::string& text) const;
  [[nodiscard]] Episode Current() const;

  const support::Clock* clock_;
  support::SteadyTime began_;
  std::uint64_t times_ = 0;  // 0: the condition is not there
  std::vector<Line> lines_;  // of the last 15 minutes
};

}  // namespace ecsd::telemetry
