#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ecsd::server {

// A queue in which everybody has their turn: one item of each owner after the other, in the order
// in which each brought theirs. However many one owner brings, another's first item waits for no
// more than one of each owner.
template <typename Item>
class FairQueue {
 public:
  void Push(const std::string& owner, Item item) {
    auto& items = items_[owner];
    if (items.empty()) turns_.push_back(owner);
    items.push_back(std::move(item));
  }

  // Nothing when it is empty.
  std::optional<Item> Pop() {
    if (turns_.empty()) return std::nullopt;
    const auto owner = std::move(turns_.front());
    turns_.pop_front();
    const auto found = items_.find(owner);
    std::optional<Item> item(std::move(found->second.front()));
    found->second.pop_front();
    if (found->second.empty()) {
      items_.erase(found);
    } else {
      turns_.push_back(owner);
    }
    return item;
  }

  [[nodiscard]] bool empty() const { return turns_.empty(); }

 private:
  std::map<std::string, std::deque<Item>> items_;  // none is empty
  std::deque<std::string> turns_;                  // the owners of items_, next first
};

}  // namespace ecsd::server
