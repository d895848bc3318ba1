#include "discovery/instance_answers.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"

namespace ecsd::discovery {
namespace {

const std::string& KeyOf(const core::ContainerInstance& item) {
  return item.arn;
}
const std::string& KeyOf(const core::Instance& item) {
  return item.id;
}

// One that is being registered has no instance id yet, and nothing is known of ids of other kinds.
bool IsWellFormed(const core::ContainerInstance& /*item*/) {
  return true;
}
bool IsWellFormed(const core::Instance& item) {
  return !item.malformed;
}

// The items of a response by key, once each; what contradicts itself is malformed.
template <typename T>
class Sorting {
 public:
  Sorting(const std::vector<std::string>& keys, std::vector<T> items)
      : open_(keys.begin(), keys.end()) {
    for (auto& item : items) Take(std::move(item));
  }

  void Missing(const std::string& key) {
    if (open_.erase(key) > 0) {
      answers_.absent.push_back(key);
    } else if (described_.contains(key)) {
      malformed_.insert(key);
    } else if (std::ranges::find(answers_.absent, key) == answers_.absent.end()) {
      foreign_ = true;
    }
  }

  // `unmentioned`: whether a response leaves out what is absent.
  InstanceAnswers<T> Finish(bool unmentioned) {
    for (auto& [key, item] : described_) {
      if (!malformed_.contains(key)) answers_.items.push_back(std::move(item));
    }
    std::ranges::sort(answers_.items, {}, [](const T& item) { return KeyOf(item); });
    auto& rest = unmentioned ? answers_.absent : answers_.malformed;
    rest.insert(rest.end(), open_.begin(), open_.end());
    answers_.malformed.insert(answers_.malformed.end(), malformed_.begin(), malformed_.end());
    if (foreign_) {
      auto& doubtful = answers_.absent;
      answers_.malformed.insert(answers_.malformed.end(), doubtful.begin(), doubtful.end());
      doubtful.clear();
    }
    return std::move(answers_);
  }

 private:
  void Take(T item) {
    const auto key = KeyOf(item);
    if (const auto before = described_.find(key); before != described_.end()) {
      if (before->second != item) malformed_.insert(key);
    } else if (open_.erase(key) == 0) {
      foreign_ = true;
    } else {
      if (!IsWellFormed(item)) malformed_.insert(key);
      described_.emplace(key, std::move(item));
    }
  }

  std::set<std::string> open_;
  std::set<std::string> malformed_;
  std::unordered_map<std::string, T> described_;
  InstanceAnswers<T> answers_;
  bool foreign_ = false;
};

}  // namespace

bool IsInstanceId(std::string_view id) {
  constexpr std::size_t kMostDigits = 17;
  const auto dash = id.find('-');
  if (dash == std::string_view::npos) return false;
  const auto digits = id.substr(dash + 1);
  const bool known = id.substr(0, dash) == "i" || id.substr(0, dash) == "mi";
  return known && !digits.empty() && digits.size() <= kMostDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

InstanceAnswers<core::ContainerInstance> SortContainerInstances(
    const std::vector<std::string>& arns, aws::Described<core::ContainerInstance> answer) {
  Sorting<core::ContainerInstance> sorting(arns, std::move(answer.items));
  for (const auto& failure : answer.failures) {
    if (failure.reason == "MISSING") sorting.Missing(failure.arn);
  }
  return sorting.Finish(false);
}

InstanceAnswers<core::Instance> SortInstances(const std::vector<std::string>& ids,
                                              std::vector<core::Instance> answer) {
  return Sorting<core::Instance>(ids, std::move(answer)).Finish(true);
}

}  // namespace ecsd::discovery
