#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::aws {

// Reads the members of one JSON object, all of them optional: a member that is absent or null reads
// as empty. A member of another type than asked for makes the whole object not well formed, which
// the caller asks once at the end, so that nothing is worked out from half-understood data.
class JsonObject {
 public:
  explicit JsonObject(simdjson::dom::element element) {
    well_formed_ = element.get_object().get(object_) == simdjson::SUCCESS;
  }

  [[nodiscard]] std::string Text(std::string_view key) {
    std::string_view text;
    if (const auto value = Find(key)) Check(value->get_string().get(text));
    return std::string(text);
  }

  [[nodiscard]] std::optional<std::int64_t> Number(std::string_view key) {
    std::int64_t number = 0;
    const auto value = Find(key);
    if (!value) return std::nullopt;
    Check(value->get_int64().get(number));
    return number;
  }

  // False when it is absent.
  [[nodiscard]] bool Flag(std::string_view key) {
    bool flag = false;
    if (const auto value = Find(key)) Check(value->get_bool().get(flag));
    return flag;
  }

  // Calls `each(element)` for every element of the array `key`; false when there is no such array.
  template <typename Each>
  bool ForEach(std::string_view key, const Each& each) {
    const auto value = Find(key);
    simdjson::dom::array array;
    if (!value || !Check(value->get_array().get(array))) return false;
    for (const auto element : array) each(element);
    return true;
  }

  // Calls `each(name, text)` for every member of the object `key`, whose values must be strings; a
  // null one is left out.
  template <typename Each>
  void ForEachText(std::string_view key, const Each& each) {
    const auto value = Find(key);
    simdjson::dom::object members;
    if (!value || !Check(value->get_object().get(members))) return;
    for (const auto [name, member] : members) {
      if (member.is_null()) continue;
      std::string_view text;
      if (Check(member.get_string().get(text))) each(name, text);
    }
  }

  // The member `key`; nothing when it is absent or null.
  [[nodiscard]] std::optional<simdjson::dom::element> Find(std::string_view key) const {
    simdjson::dom::element value;
    if (!well_formed_ || object_[key].get(value) != simdjson::SUCCESS || value.is_null())
      return std::nullopt;
    return value;
  }

  // Marks the object as not well formed, for what the caller finds wrong in a part of it.
  void Require(bool condition) { well_formed_ = well_formed_ && condition; }

  [[nodiscard]] bool well_formed() const { return well_formed_; }

 private:
  bool Check(simdjson::error_code code) {
    Require(code == simdjson::SUCCESS);
    return code == simdjson::SUCCESS;
  }

  simdjson::dom::object object_;
  bool well_formed_ = false;
};

}  // namespace ecsd::aws
