#pragma once

#include <string>
#include <utility>

namespace ecsd::support {

// Text that must not reach a log, an error or the output: its value can be read only by Reveal(),
// and streaming it prints `***`.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& Reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

template <typename Stream>
Stream& operator<<(Stream& stream, const Secret& /*secret*/) {
  stream << "***";
  return stream;
}

}  // namespace ecsd::support
