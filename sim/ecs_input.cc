#include "sim/ecs_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/answer.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

std::string_view TypeName(const Json& value) {
  if (value.is_object()) return "START_OBJECT";
  if (value.is_array()) return "START_ARRAY";
  if (value.is_string()) return "STRING_VALUE";
  return value.is_boolean() ? "BOOLEAN_VALUE" : "NUMBER_VALUE";
}

}  // namespace

std::string EcsInput::Text(const char* name) {
  const Json* member = Member(members_, name);
  if (member == nullptr) return {};
  if (member->is_string()) return member->get<std::string>();
  Reject(*member, "a String");
  return {};
}

std::optional<long long> EcsInput::Integer(const char* name) {
  const Json* member = Member(members_, name);
  if (member == nullptr) return std::nullopt;
  if (member->is_number_integer()) return member->get<long long>();
  Reject(*member, "an Integer");
  return std::nullopt;
}

std::vector<std::string> EcsInput::Texts(const char* name) {
  std::vector<std::string> out;
  const Json* member = Member(members_, name);
  if (member == nullptr) return out;
  if (!member->is_array()) {
    Reject(*member, "a List");
    return out;
  }
  for (const Json& item : *member) {
    if (item.is_string()) {
      out.push_back(item.get<std::string>());
    } else {
      Reject(item, "a String");
    }
  }
  return out;
}

bool EcsInput::Includes(const char* name, std::string_view item) {
  const std::vector<std::string> items = Texts(name);
  return std::ranges::find(items, item) != items.end();
}

void EcsInput::Reject(const Json& value, std::string_view wanted) {
  if (error_) return;
  error_ =
      ApiError{.status = 400,
               .code = "SerializationException",
               .message = fmt::format("{} can not be converted to {}", TypeName(value), wanted)};
}

}  // namespace ecsd::sim
