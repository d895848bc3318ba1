#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::core {

// Values as bytes: numbers in groups of seven bits, lowest first, the high bit set in all but the
// last (LEB128); strings and lists behind their length; an optional value behind 0 or 1. Structures
// are handed member by member to either of these classes by an overload of `Members(codec, value)`.

class Packer {
 public:
  static constexpr bool kDoubts = false;

  void operator()(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) bytes_ += static_cast<char>(0x80U | (number & 0x7FU));
    bytes_ += static_cast<char>(number);
  }
  void operator()(std::uint16_t number) { (*this)(std::uint64_t{number}); }
  void operator()(std::int64_t number) { (*this)(static_cast<std::uint64_t>(number)); }
  void operator()(bool value) { (*this)(std::uint64_t{value ? 1U : 0U}); }
  void operator()(std::string_view text) {
    (*this)(std::uint64_t{text.size()});
    bytes_ += text;
  }
  void operator()(const std::string& text) { (*this)(std::string_view(text)); }
  template <typename T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <typename T>
  void operator()(const std::vector<T>& items) {
    (*this)(std::uint64_t{items.size()});
    for (const auto& item : items) (*this)(item);
  }
  template <typename A, typename B>
  void operator()(const std::pair<A, B>& both) {
    (*this)(both.first);
    (*this)(both.second);
  }
  template <typename T>
  void operator()(const T& value) {
    Members(*this, value);
  }

  [[nodiscard]] std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Whether bytes are surely those of a Packer of this process.
enum class Origin : std::uint8_t { kAnywhere, kThisProcess };

// Reads what a Packer wrote, from bytes that may be anything. After the first that do not fit it is
// broken, and what it has given out is not to be used. Values from this process are not looked at
// again (kDoubts) where that takes long.
template <Origin kOrigin>
class BasicUnpacker {
 public:
  static constexpr bool kDoubts = kOrigin == Origin::kAnywhere;

  explicit BasicUnpacker(std::string_view bytes) : bytes_(bytes) {}

  void operator()(std::uint64_t& number) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) {
        number = value;
        return;
      }
    }
    Break();
  }
  void operator()(std::uint16_t& number) {
    std::uint64_t value = number;
    (*this)(value);
    if (value > std::numeric_limits<std::uint16_t>::max()) {
      Break();
    } else {
      number = static_cast<std::uint16_t>(value);
    }
  }
  void operator()(std::int64_t& number) {
    auto value = static_cast<std::uint64_t>(number);
    (*this)(value);
    number = static_cast<std::int64_t>(value);
  }
  void operator()(bool& value) {
    std::uint64_t number = 0;
    (*this)(number);
    if (number > 1) Break();
    value = number == 1;
  }
  void operator()(std::string& text) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > bytes_.size()) {
      Break();
      return;
    }
    text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
  }
  template <typename T>
  void operator()(std::optional<T>& value) {
    bool there = false;
    (*this)(there);
    value.reset();
    if (there) (*this)(value.emplace());
  }
  // Every item takes a byte at least, so a list cannot promise more than there is. The memory of
  // items that were there is used again.
  template <typename T>
  void operator()(std::vector<T>& items) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > bytes_.size()) Break();
    if (size < items.size()) items.resize(broken_ ? 0 : size);
    for (std::size_t i = 0; i < size && !broken_; ++i) {
      (*this)(i < items.size() ? items[i] : items.emplace_back());
    }
  }
  template <typename A, typename B>
  void operator()(std::pair<A, B>& both) {
    (*this)(both.first);
    (*this)(both.second);
  }
  template <typename T>
  void operator()(T& value) {
    Members(*this, value);
  }

  // Says that what was read so far makes no sense.
  void Break() {
    broken_ = true;
    bytes_ = {};
  }
  // Whether all was read, and fitted.
  [[nodiscard]] bool whole() const { return !broken_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool broken_ = false;
};

using Unpacker = BasicUnpacker<Origin::kAnywhere>;
using TrustedUnpacker = BasicUnpacker<Origin::kThisProcess>;

}  // namespace ecsd::core
