#include "server/html.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "support/utf8.h"

namespace ecsd::server {
namespace {

void AppendAscii(char byte, std::string& html) {
  switch (byte) {
    case '&':
      html += "&amp;";
      return;
    case '<':
      html += "&lt;";
      return;
    case '>':
      html += "&gt;";
      return;
    case '"':
      html += "&quot;";
      return;
    case '\'':
      html += "&#39;";
      return;
    default:
      html += byte;
  }
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::DecodeUtf8(text, at);
    if (!point.well_formed) {
      html += support::kReplacementCharacter;
    } else if (support::IsInvisible(point.value)) {
      html += ' ';
    } else if (point.length == 1) {
      AppendAscii(text[at], html);
    } else {
      html += text.substr(at, point.length);
    }
    at += point.length;
  }
  return html;
}

}  // namespace ecsd::server
