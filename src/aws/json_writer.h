#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/render_json_string.h"

namespace ecsd::aws {

// Writes one JSON object member by member, for request bodies.
class JsonWriter {
 public:
  JsonWriter& Text(std::string_view key, std::string_view text) {
    Key(key);
    core::AppendJsonString(text, body_);
    return *this;
  }

  JsonWriter& Texts(std::string_view key, std::span<const std::string> texts) {
    Key(key);
    body_ += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) body_ += ',';
      core::AppendJsonString(texts[i], body_);
    }
    body_ += ']';
    return *this;
  }

  JsonWriter& Number(std::string_view key, std::int64_t number) {
    Key(key);
    body_ += std::to_string(number);
    return *this;
  }

  // `json` is written as it is: an object or list that is JSON already.
  JsonWriter& Json(std::string_view key, std::string_view json) {
    Key(key);
    body_ += json;
    return *this;
  }

  [[nodiscard]] std::string Finish() { return std::move(body_) + "}"; }

 private:
  void Key(std::string_view key) {
    if (body_.size() > 1) body_ += ',';
    core::AppendJsonString(key, body_);
    body_ += ':';
  }

  std::string body_ = "{";
};

}  // namespace ecsd::aws
