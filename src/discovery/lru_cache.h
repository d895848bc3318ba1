#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ecsd::discovery {

// Records by an ARN or id, at most `capacity` of them between two refreshes: Trim lets go of those
// that were not asked for the longest. Used by one thread; the records may be read by any.
template <typename T>
class LruCache {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

  // The record of `key`, or null; it is the last to go then.
  [[nodiscard]] Pointer Find(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void Put(std::string key, Pointer record) {
    if (const auto found = places_.find(key); found != places_.end()) {
      found->second->second = std::move(record);
      return;
    }
    entries_.emplace_front(std::move(key), std::move(record));
    places_.emplace(entries_.front().first, entries_.begin());
  }

  void Remove(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    const auto entry = found->second;
    places_.erase(found);
    entries_.erase(entry);
  }

  // Not done by Put, so that nothing is lost which a refresh still needs.
  void Trim() {
    while (entries_.size() > capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
  }

  // Calls `each(record)` for every record, the last used first.
  template <typename Each>
  void ForEach(const Each& each) const {
    for (const auto& [key, record] : entries_) each(record);
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, Pointer>>;

  std::size_t capacity_;
  Entries entries_;                                                          // the last used first
  std::unordered_map<std::string_view, typename Entries::iterator> places_;  // keys of entries_
};

}  // namespace ecsd::discovery
