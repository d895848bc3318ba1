#include "core/label_set.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace ecsd::core {
namespace {

constexpr unsigned kMore = 0x80;  // another group of seven bits follows
constexpr unsigned kGroup = 7;

void Append(std::string_view text, std::string& bytes) {
  auto length = text.size();
  for (; length >= kMore; length >>= kGroup)
    bytes += static_cast<char>(kMore | (length & (kMore - 1)));
  bytes += static_cast<char>(length);
  bytes += text;
}

}  // namespace

// Every length is one that Append wrote, so that there is as much behind it.
std::string_view LabelSet::Iterator::ReadText() {
  std::size_t length = 0;
  unsigned shift = 0;
  std::size_t at = 0;
  for (unsigned byte = kMore; byte >= kMore; shift += kGroup) {
    byte = static_cast<unsigned char>(rest_[at++]);
    length |= std::size_t{byte & (kMore - 1)} << shift;
  }
  const auto text = rest_.substr(at, length);
  rest_.remove_prefix(at + length);
  return text;
}

void LabelSet::Iterator::Read() {
  at_end_ = rest_.empty();
  if (at_end_) return;
  label_.name = ReadText();
  label_.value = ReadText();
}

LabelSet::LabelSet(std::initializer_list<Label> labels) {
  for (const auto& [name, value] : labels) Set(name, value);
}

std::size_t LabelSet::size() const {
  return static_cast<std::size_t>(std::distance(begin(), end()));
}

std::string_view LabelSet::Get(std::string_view name) const {
  for (const auto& label : *this) {
    if (label.name == name) return label.value;
  }
  return {};
}

void LabelSet::Set(std::string_view name, std::string_view value) {
  LabelSet changed;
  bool is_there = false;
  for (const auto& label : *this) {
    const bool is_it = label.name == name;
    is_there = is_there || is_it;
    changed.Add(label.name, is_it ? value : label.value);
  }
  if (!is_there) changed.Add(name, value);
  *this = std::move(changed);
}

void LabelSet::Add(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  Append(name, bytes_);
  Append(value, bytes_);
}

}  // namespace ecsd::core
