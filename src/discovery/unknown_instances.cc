#include "discovery/unknown_instances.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "support/clock.h"

namespace ecsd::discovery {

void UnknownInstances::BeginRefresh(support::SteadyTime now) {
  constexpr std::chrono::hours kForgotten(1);
  now_ = now;
  std::erase_if(unknown_, [&](const auto& each) { return each.second.last + kForgotten < now; });
}

void UnknownInstances::NoteUnknown(const std::string& id) {
  const auto [place, added] =
      unknown_.try_emplace(id, Unknown{.since = now_, .last = now_, .disconnected = {}});
  place->second.last = now_;
}

void UnknownInstances::NoteKnown(const std::string& id) {
  const auto found = unknown_.find(id);
  if (found == unknown_.end()) return;
  if (found->second.reported) known_again_.push_back(id);
  unknown_.erase(found);
}

void UnknownInstances::NoteDisconnected(const std::string& id) {
  if (const auto found = unknown_.find(id); found != unknown_.end())
    found->second.disconnected = now_;
}

bool UnknownInstances::IsUnknown(const std::string& id) const {
  const auto found = unknown_.find(id);
  return found != unknown_.end() && found->second.last == now_;
}

bool UnknownInstances::IsDoubtful(const Unknown& unknown) const {
  return unknown.last == now_ && unknown.disconnected == now_;
}

bool UnknownInstances::IsGone(const std::string& id) const {
  const auto found = unknown_.find(id);
  return found != unknown_.end() && IsDoubtful(found->second) &&
         now_ - found->second.since >= kUnknownUntilGone;
}

std::size_t UnknownInstances::doubtful() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      unknown_, [&](const auto& each) { return IsDoubtful(each.second) && !IsGone(each.first); }));
}

std::vector<InstanceNews> UnknownInstances::TakeNews() {
  std::vector<InstanceNews> news;
  for (auto& id : std::exchange(known_again_, {}))
    news.push_back({.id = std::move(id), .kind = InstanceNews::Kind::kKnownAgain});
  for (auto& [id, unknown] : unknown_) {
    if (!IsDoubtful(unknown)) continue;
    const bool gone = IsGone(id);
    if (gone ? std::exchange(unknown.reported_gone, true) : unknown.reported) continue;
    unknown.reported = true;
    news.push_back(
        {.id = id, .kind = gone ? InstanceNews::Kind::kGone : InstanceNews::Kind::kUnknown});
  }
  std::ranges::sort(news, {}, &InstanceNews::id);
  return news;
}

}  // namespace ecsd::discovery
