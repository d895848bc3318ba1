#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

namespace ecsd::core {

// One label of a target. The views point into the LabelSet that it is of.
struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label&, const Label&) = default;
};

// The labels of one target: each name once, in the order in which they were set. A label without a
// value is one that is not there, as it is for Prometheus, and is never kept.
//
// Invariant: bytes_ is `length name length value` again and again, lengths as in LEB128 (groups of
// seven bits, lowest first, the high bit set in all but the last). So a set is one piece of memory,
// and two sets with the same labels in the same order have equal bytes.
class LabelSet {
 public:
  using value_type = Label;

  // Reads the labels one after the other; good until the set changes.
  class Iterator {
   public:
    using value_type = Label;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const Label*;
    using reference = const Label&;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest) { Read(); }
    const Label& operator*() const { return label_; }
    const Label* operator->() const { return &label_; }
    Iterator& operator++() {
      Read();
      return *this;
    }
    Iterator operator++(int) {
      auto before = *this;
      Read();
      return before;
    }
    friend bool operator==(const Iterator& left, const Iterator& right) {
      return left.at_end_ == right.at_end_ && left.rest_.size() == right.rest_.size();
    }

   private:
    void Read();
    [[nodiscard]] std::string_view ReadText();

    std::string_view rest_;  // behind label_
    Label label_;
    bool at_end_ = true;
  };

  using const_iterator = Iterator;

  LabelSet() = default;
  LabelSet(std::initializer_list<Label> labels);

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] Iterator begin() const { return Iterator(bytes_); }
  [[nodiscard]] static Iterator end() { return {}; }
  [[nodiscard]] std::size_t size() const;
  // How many bytes the labels take here: about as many as their names and values have.
  [[nodiscard]] std::size_t byte_count() const { return bytes_.size(); }

  // The value of a label; empty when it is not there.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  // Gives the label this value in its place, or behind all others when it is new. Without a value
  // it goes.
  void Set(std::string_view name, std::string_view value);
  // Sets a label that is not there yet, without looking for it.
  void Add(std::string_view name, std::string_view value);
  // Makes it empty. Its memory is used again.
  void Clear() { bytes_.clear(); }

  // The same number for equal sets, within one process.
  [[nodiscard]] std::size_t Hash() const { return std::hash<std::string>()(bytes_); }

  friend bool operator==(const LabelSet&, const LabelSet&) = default;

 private:
  std::string bytes_;
};

}  // namespace ecsd::core
