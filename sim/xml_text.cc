#include "sim/xml_text.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace ecsd::sim {
namespace {

bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20U && c != '\t' && c != '\n' && c != '\r';
}

}  // namespace

std::string EscapeXml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsForbidden(c)) continue;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string TextElement(std::string_view name, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>", name, EscapeXml(text));
}

}  // namespace ecsd::sim
