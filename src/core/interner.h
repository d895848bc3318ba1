#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_set>
#include <utility>

namespace ecsd::core {

// Keeps one copy of every value that is in use, so that what is the same for thousands of tasks is
// stored once. Equal values give the same pointer for as long as somebody holds it. Used by one
// thread; the values may be read by any.
template <typename T, typename Hash = std::hash<T>>
class Interner {
 public:
  using Pointer = std::shared_ptr<const T>;

  [[nodiscard]] Pointer Intern(T value) {
    if (const auto found = values_.find(value); found != values_.end()) return *found;
    return *values_.insert(std::make_shared<const T>(std::move(value))).first;
  }

  // Lets go of the values that nobody else holds. Cheap when little was added since the last time.
  void Sweep() {
    if (values_.size() < next_sweep_) return;
    std::erase_if(values_, [](const Pointer& value) { return value.use_count() == 1; });
    next_sweep_ = std::max(kFewValues, 2 * values_.size());
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  static constexpr std::size_t kFewValues = 1024;

  struct HashOf {
    using is_transparent = void;
    std::size_t operator()(const T& value) const { return Hash()(value); }
    std::size_t operator()(const Pointer& value) const { return Hash()(*value); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Pointer& left, const Pointer& right) const { return *left == *right; }
    bool operator()(const T& left, const Pointer& right) const { return left == *right; }
    bool operator()(const Pointer& left, const T& right) const { return *left == right; }
  };

  std::unordered_set<Pointer, HashOf, Equal> values_;
  std::size_t next_sweep_ = kFewValues;
};

}  // namespace ecsd::core
