#include "config/go_quote.h"

#include <fmt/format.h>

namespace ecsd::config {
namespace {

// The letter after the backslash; 0 where there is none.
char ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

}  // namespace

std::string QuoteGoAscii(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (const char letter = ShortEscape(c); letter != 0) {
      quoted += '\\';
      quoted += letter;
    } else if (c < ' ' || c > '~') {  // `char` is signed or not: both say so for bytes from 0x80 up
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  return quoted;
}

}  // namespace ecsd::config
