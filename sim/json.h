#pragma once

#include <nlohmann/json.hpp>  // IWYU pragma: export
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::sim {

// Members keep the order of the file they came from.
using Json = nlohmann::ordered_json;

// Nothing when `text` is not one whole JSON value.
[[nodiscard]] std::optional<Json> ParseJson(std::string_view text);

// Compact; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string Dump(const Json& value);

// The member `name` of `object`, null when `object` is none or the member is absent or JSON's null:
// the services treat both alike.
[[nodiscard]] const Json* Member(const Json& object, const char* name);

// The text of a string member, else "".
[[nodiscard]] std::string TextOf(const Json& object, const char* name);

// The member `name` if it is an array, else an empty array.
[[nodiscard]] const Json& ItemsOf(const Json& object, const char* name);

}  // namespace ecsd::sim
