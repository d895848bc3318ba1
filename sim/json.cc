#include "sim/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace ecsd::sim {

std::optional<Json> ParseJson(std::string_view text) {
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

const Json* Member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string TextOf(const Json& object, const char* name) {
  const Json* member = Member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

const Json& ItemsOf(const Json& object, const char* name) {
  static const Json empty = Json::array();
  const Json* member = Member(object, name);
  return member != nullptr && member->is_array() ? *member : empty;
}

}  // namespace ecsd::sim
