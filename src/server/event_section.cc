#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/html.h"
#include "server/number_text.h"
#include "server/page.h"
#include "server/page_sections.h"
#include "server/snapshot.h"
#include "server/time_text.h"
#include "support/clock.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kEventsAtOnce = 5;

std::pair<std::string_view, std::string_view> NameOf(EventKind kind) {
  switch (kind) {
    case EventKind::kStale:
      return {"stale", "warn"};
    case EventKind::kRecovered:
      return {"recovered", "good"};
    case EventKind::kGone:
      return {"gone", "soft"};
    case EventKind::kHeldBack:
      return {"held back", "warn"};
    case EventKind::kThrottled:
      return {"throttled", "warn"};
    case EventKind::kDoubtful:
      return {"doubtful", "warn"};
    case EventKind::kFailed:
      break;
  }
  return {"failed", "bad"};
}

// Events that came at once for the same reason, such as those of all clusters in an outage.
using SameEvents = std::vector<const Event*>;

std::vector<SameEvents> Together(const std::vector<Event>& events) {
  constexpr std::chrono::seconds kAtOnce{1};
  std::vector<SameEvents> all;
  for (const auto& event : events) {
    const bool same = !all.empty() && all.back().front()->kind == event.kind &&
                      all.back().front()->text == event.text &&
                      all.back().front()->at - event.at <= kAtOnce;
    if (!same) all.emplace_back();
    all.back().push_back(&event);
  }
  return all;
}

std::string SubjectsHtml(const SameEvents& events) {
  constexpr std::size_t kMostNames = 5;
  std::string html;
  for (std::size_t i = 0; i < std::min(events.size(), kMostNames); ++i) {
    html += (i == 0 ? "" : ", ") + EscapedWithBreaks(events[i]->subject);
  }
  if (events.size() <= kMostNames) return html;
  return html + fmt::format(" and {} more", events.size() - kMostNames);
}

std::string EventRows(std::span<const SameEvents> rows, support::SystemTime now) {
  std::string html = R"(<ol class="events">)";
  for (const auto& same : rows) {
    const auto& event = *same.front();
    const auto [name, state] = NameOf(event.kind);
    html += fmt::format(R"(<li>{} <span class="dot {}">{}</span> <strong>{}</strong> {}</li>)",
                        TimeHtml(event.at, now), state, name, SubjectsHtml(same),
                        EscapedWithBreaks(event.text));
  }
  return html + "</ol>";
}

}  // namespace

std::string EventsHtml(const PageInput& input) {
  const auto all = Together(input.snapshot.events);
  if (all.empty()) return R"(<p class="empty">Nothing unusual since the start.</p>)";
  const std::span<const SameEvents> rows = all;
  const auto first = std::min(rows.size(), kEventsAtOnce);
  auto html = EventRows(rows.first(first), input.now);
  if (first == rows.size()) return html;
  return html + fmt::format(R"(<details data-key="events"><summary>{}</summary>{}</details>)",
                            Counted(rows.size() - first, "older event"),
                            EventRows(rows.subspan(first), input.now));
}

}  // namespace ecsd::server
