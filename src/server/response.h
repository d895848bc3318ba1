#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::server {

inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

// A whole answer. The body is shared, so a large one is sent to many without a copy; null is an
// empty one. For HEAD the server leaves the body out by itself.
struct Response {
  unsigned int status = 200;
  std::vector<Header> headers;
  std::shared_ptr<const std::string> body;
};

// An answer in plain text; a line break is added to `text`.
[[nodiscard]] inline Response TextResponse(unsigned int status, std::string text) {
  text += '\n';
  return {.status = status,
          .headers = {{"Content-Type", std::string(kPlainText)}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

}  // namespace ecsd::server
