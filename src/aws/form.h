#pragma once

#include <string>
#include <string_view>

namespace ecsd::aws {

// `text` with everything but A-Z a-z 0-9 - _ . ~ percent-encoded (RFC 3986 section 2.3).
[[nodiscard]] std::string PercentEncoded(std::string_view text);

// Builds the body of an AWS query call (application/x-www-form-urlencoded): Action, Version and
// parameters, percent-encoded.
class Form {
 public:
  Form(std::string_view action, std::string_view version);
  Form& Add(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  std::string body_;
};

}  // namespace ecsd::aws
