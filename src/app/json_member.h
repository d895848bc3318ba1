#pragma once

#include <string>
#include <string_view>

#include "core/render_json_string.h"

namespace ecsd::app {

// Appends the member `name` with the text `text` to the JSON object that `json` ends in.
inline void AppendMember(std::string_view name, std::string_view text, std::string& json) {
  if (json.back() != '{') json += ',';
  core::AppendJsonString(name, json);
  json += ':';
  core::AppendJsonString(text, json);
}

}  // namespace ecsd::app
