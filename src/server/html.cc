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

std::string EscapedWithBreaks(std::string_view text) {
  constexpr std::string_view kSeparators = ":/,=";
  std::string html;
  while (!text.empty()) {
    const auto separator = text.find_first_of(kSeparators);
    const auto piece =
        text.substr(0, separator == std::string_view::npos ? separator : separator + 1);
    html += Escaped(piece);
    text.remove_prefix(piece.size());
    if (!text.empty() && text.front() != ' ') html += "<wbr>";
  }
  return html;
}

}  // namespace ecsd::server
