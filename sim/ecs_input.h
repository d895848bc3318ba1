#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/answer.h"
#include "sim/json.h"

namespace ecsd::sim {

// Reads the members of a request. A member of the wrong type is remembered as a
// SerializationException; absent and null members read as empty. Unknown members are ignored.
class EcsInput {
 public:
  // `members` must outlive this object.
  explicit EcsInput(const Json& members) : members_(members) {}

  [[nodiscard]] std::string Text(const char* name);
  [[nodiscard]] std::optional<long long> Integer(const char* name);
  [[nodiscard]] std::vector<std::string> Texts(const char* name);

  // True when the list `name` holds `item`.
  [[nodiscard]] bool Includes(const char* name, std::string_view item);

  // The first member of a wrong type.
  [[nodiscard]] const std::optional<ApiError>& error() const { return error_; }

 private:
  void Reject(const Json& value, std::string_view wanted);

  const Json& members_;
  std::optional<ApiError> error_;
};

}  // namespace ecsd::sim
