#include "aws/form.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace ecsd::aws {
namespace {

void AppendEncoded(std::string_view text, std::string& body) {
  for (const char c : text) {
    const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (unreserved) {
      body += c;
    } else {
      body += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  AppendEncoded(text, encoded);
  return encoded;
}

Form::Form(std::string_view action, std::string_view version) {
  Add("Action", action).Add("Version", version);
}

Form& Form::Add(std::string_view name, std::string_view value) {
  if (!body_.empty()) body_ += '&';
  AppendEncoded(name, body_);
  body_ += '=';
  AppendEncoded(value, body_);
  return *this;
}

}  // namespace ecsd::aws
