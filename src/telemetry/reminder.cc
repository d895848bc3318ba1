#include "telemetry/reminder.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/clock.h"
#include "telemetry/log.h"
#include "telemetry/log_format.h"

namespace ecsd::telemetry {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsOfWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// `text` with "0" for each word that has a digit in it: "after 3 ms" and "after 12 ms" are the
// same, and so are two names with different ids.
std::string WithoutNumbers(std::string_view text) {
  std::string without;
  while (!text.empty()) {
    const auto* const end = std::ranges::find_if_not(text, IsOfWord);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    without += std::ranges::any_of(word, IsDigit) ? std::string_view("0") : word;
    text.remove_prefix(word.size());
    if (text.empty()) break;
    without += text.front();
    text.remove_prefix(1);
  }
  return without;
}

}  // namespace

std::vector<Field> Episode::With(std::vector<Field> fields) const {
  if (times > 1) {
    fields.push_back({.key = "since", .value = RenderTime(since)});
    fields.push_back({.key = "times", .value = times});
  }
  return fields;
}

std::optional<Episode> Reminder::Met(std::string_view kind, std::string_view text) {
  const auto now = clock_->Steady();
  if (times_++ == 0) began_ = now;
  std::erase_if(lines_, [now](const Line& line) { return now - line.logged >= kEvery; });
  auto described = WithoutNumbers(text);
  if (!IsDue(kind, described)) return std::nullopt;
  lines_.push_back({.kind = std::string(kind), .text = std::move(described), .logged = now});
  return Current();
}

std::optional<Episode> Reminder::Ended() {
  if (times_ == 0) return std::nullopt;
  auto episode = Current();
  times_ = 0;
  lines_.clear();
  return episode;
}

bool Reminder::IsDue(std::string_view kind, const std::string& text) const {
  if (std::ranges::count(lines_, kind, &Line::kind) >= kMostTexts) return false;
  return std::ranges::none_of(
      lines_, [&](const Line& line) { return line.kind == kind && line.text == text; });
}

// By how long ago it began, so that a clock which was set since makes no difference.
Episode Reminder::Current() const {
  const auto lasted =
      std::chrono::duration_cast<support::SystemTime::duration>(clock_->Steady() - began_);
  return {.since = clock_->Now() - lasted, .times = times_};
}

}  // namespace ecsd::telemetry
