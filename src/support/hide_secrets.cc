#include "support/hide_secrets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::support {
namespace {

constexpr std::size_t kRun = 16;         // characters of a secret in a row that must not be seen
constexpr std::size_t kShortestRun = 8;  // of them, without what Folded() leaves out
constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kLongestText = std::size_t{64} * 1024;
constexpr int kLayers = 3;

// Which bytes of the text to hide show one character of a reading.
struct Origin {
  std::uint32_t begin;
  std::uint32_t end;
};

// One way to read the text.
struct Reading {
  std::string text;
  std::vector<Origin> from;  // of each character

  void Add(char c, Origin origin) {
    text += c;
    from.push_back(origin);
  }
};

Reading AsItIs(std::string_view text) {
  Reading reading;
  for (std::uint32_t i = 0; i < text.size(); ++i) reading.Add(text[i], {.begin = i, .end = i + 1});
  return reading;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

bool IsBlank(char c) {
  return static_cast<unsigned char>(c) <= 0x20;
}

// A character that was written as `length` others.
struct Escape {
  char character;
  std::size_t length;
};

// The character with the number of `digits` in `base`; all that is not ASCII is the same to us.
std::optional<char> Numbered(std::string_view digits, int base) {
  constexpr int kBeyond = 0x80;
  if (digits.empty()) return std::nullopt;
  int number = 0;
  for (const char c : digits) {
    const int digit = HexDigit(c);
    if (digit < 0 || digit >= base) return std::nullopt;
    number = std::min((number * base) + digit, kBeyond);
  }
  return number < kBeyond ? static_cast<char>(number) : '\x7F';
}

// An escape of `digits` hexadecimal digits behind `mark` characters.
std::optional<Escape> HexEscape(std::string_view text, std::size_t mark, std::size_t digits) {
  if (text.size() < mark + digits) return std::nullopt;
  const auto c = Numbered(text.substr(mark, digits), 16);
  return c ? std::optional(Escape{.character = *c, .length = mark + digits}) : std::nullopt;
}

std::optional<Escape> Backslash(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  switch (text[1]) {
    case 'u':
      return HexEscape(text, 2, 4);
    case 'x':
      return HexEscape(text, 2, 2);
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return Escape{.character = ' ', .length = 2};
    default:
      return Escape{.character = text[1], .length = 2};
  }
}

std::optional<Escape> Entity(std::string_view text) {
  constexpr std::size_t kLongest = 10;
  constexpr std::array kNames = {
      std::pair{std::string_view("amp"), '&'}, std::pair{std::string_view("lt"), '<'},
      std::pair{std::string_view("gt"), '>'}, std::pair{std::string_view("quot"), '"'},
      std::pair{std::string_view("apos"), '\''}};
  const auto end = text.substr(0, kLongest).find(';');
  if (end == std::string_view::npos) return std::nullopt;
  auto name = text.substr(1, end - 1);
  const auto* known = std::ranges::find(kNames, name, &std::pair<std::string_view, char>::first);
  if (known != kNames.end()) return Escape{.character = known->second, .length = end + 1};
  if (!name.starts_with('#')) return std::nullopt;
  const bool hex = name.starts_with("#x") || name.starts_with("#X");
  const auto c = Numbered(name.substr(hex ? 2 : 1), hex ? 16 : 10);
  return c ? std::optional(Escape{.character = *c, .length = end + 1}) : std::nullopt;
}

std::optional<Escape> FindEscape(std::string_view text) {
  switch (text.front()) {
    case '%':
      return HexEscape(text, 1, 2);
    case '\\':
      return Backslash(text);
    case '&':
      return Entity(text);
    default:
      return std::nullopt;
  }
}

// Without one layer of escapes.
Reading Unescaped(const Reading& reading) {
  Reading plain;
  const std::string_view text = reading.text;
  for (std::size_t i = 0; i < text.size();) {
    const auto found = FindEscape(text.substr(i));
    const auto escape = found.value_or(Escape{.character = text[i], .length = 1});
    plain.Add(escape.character,
              {.begin = reading.from[i].begin, .end = reading.from[i + escape.length - 1].end});
    i += escape.length;
  }
  return plain;
}

Reading WithoutBlanks(const Reading& reading) {
  Reading dense;
  for (std::size_t i = 0; i < reading.text.size(); ++i) {
    if (!IsBlank(reading.text[i])) dense.Add(reading.text[i], reading.from[i]);
  }
  return dense;
}

// A code of `bits` for each digit, the first `skip` digits of each row of them left out.
struct Code {
  int (*digit)(char);
  unsigned int bits;
  int skip;
};

// The bytes that rows of digits stand for, with a zero between rows.
Reading Decoded(const Reading& reading, const Code& code) {
  Reading bytes;
  unsigned int window = 0;
  unsigned int have = 0;
  int skipped = 0;
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < reading.text.size(); ++i) {
    const auto from = reading.from[i];
    const int digit = code.digit(reading.text[i]);
    if (digit < 0) {
      if (have > 0 || skipped > 0) bytes.Add('\0', from);
      have = 0;
      skipped = 0;
      continue;
    }
    if (skipped < code.skip) {
      ++skipped;
      continue;
    }
    if (have == 0) begin = from.begin;
    window = (window << code.bits | static_cast<unsigned int>(digit)) & 0xFFFFU;
    have += code.bits;
    if (have < 8) continue;
    have -= 8;
    bytes.Add(static_cast<char>(window >> have & 0xFFU), {.begin = begin, .end = from.end});
    begin = from.begin;
  }
  return bytes;
}

// What is left of a character where forms of one token are made alike; nothing where it is left
// out: a `+` may have become a space or a `-`, and a line may have been broken anywhere.
std::optional<char> Fold(char c) {
  if (IsBlank(c) || c == '+' || c == '-') return std::nullopt;
  if (c == '_') return '/';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

Reading Folded(const Reading& reading) {
  Reading folded;
  for (std::size_t i = 0; i < reading.text.size(); ++i) {
    if (const auto c = Fold(reading.text[i])) folded.Add(*c, reading.from[i]);
  }
  return folded;
}

// What must not be seen.
class Patterns {
 public:
  explicit Patterns(std::span<const Secret> secrets) {
    for (const auto& secret : secrets) {
      Add(secret.Reveal());
      // A part of a URL, such as the password of a proxy, is sent without its escapes.
      const auto plain = Unescaped(AsItIs(secret.Reveal())).text;
      if (plain != secret.Reveal()) Add(plain);
    }
  }

  // Marks in `hidden` what `reading` shows of it.
  void Mark(const Reading& reading, std::vector<bool>& hidden) const {
    MarkEach(wholes_, reading, hidden);
    if (!runs_.empty()) MarkEach(runs_, Folded(reading), hidden);
  }

  [[nodiscard]] bool empty() const { return wholes_.empty() && runs_.empty(); }

 private:
  // By their length.
  using Texts = std::map<std::size_t, std::unordered_set<std::string_view>>;

  void Add(std::string_view secret) {
    if (secret.size() < kShortestSecret) return;
    if (secret.size() < kRun) {
      kept_.emplace_back(secret);
      wholes_[secret.size()].insert(kept_.back());
      return;
    }
    const auto folded = Folded(AsItIs(secret));
    kept_.push_back(folded.text);
    const std::string_view text = kept_.back();
    for (std::size_t i = 0; i + kRun <= secret.size(); ++i) {
      const auto position = [&](std::size_t at) {
        const auto found = std::ranges::lower_bound(folded.from, at, {}, &Origin::begin);
        return static_cast<std::size_t>(std::distance(folded.from.begin(), found));
      };
      const auto run = text.substr(position(i), position(i + kRun) - position(i));
      if (run.size() >= kShortestRun) runs_[run.size()].insert(run);
    }
  }

  static void MarkEach(const Texts& texts, const Reading& reading, std::vector<bool>& hidden) {
    const std::string_view text = reading.text;
    for (const auto& [length, known] : texts) {
      for (std::size_t i = 0; i + length <= text.size(); ++i) {
        if (!known.contains(text.substr(i, length))) continue;
        std::fill(hidden.begin() + reading.from[i].begin,
                  hidden.begin() + reading.from[i + length - 1].end, true);
      }
    }
  }

  std::deque<std::string> kept_;  // what the sets point into
  Texts wholes_;
  Texts runs_;
};

void MarkReading(const Patterns& patterns, const Reading& reading, std::vector<bool>& hidden) {
  patterns.Mark(reading, hidden);
  const auto dense = WithoutBlanks(reading);
  for (int skip = 0; skip < 4; ++skip) {
    patterns.Mark(Decoded(dense, {.digit = Base64Digit, .bits = 6, .skip = skip}), hidden);
  }
  for (int skip = 0; skip < 2; ++skip) {
    patterns.Mark(Decoded(dense, {.digit = HexDigit, .bits = 4, .skip = skip}), hidden);
  }
}

std::string WithStars(std::string_view text, const std::vector<bool>& hidden) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!hidden[i]) {
      shown += text[i];
    } else if (i == 0 || !hidden[i - 1]) {
      shown += "***";
    }
  }
  return shown;
}

}  // namespace

std::string HideSecrets(std::string_view text, std::span<const Secret> secrets) {
  text = text.substr(0, kLongestText);
  const Patterns patterns(secrets);
  if (patterns.empty()) return std::string(text);
  std::vector<bool> hidden(text.size());
  auto reading = AsItIs(text);
  MarkReading(patterns, reading, hidden);
  for (int layer = 0; layer < kLayers; ++layer) {
    auto plain = Unescaped(reading);
    if (plain.text == reading.text) break;
    reading = std::move(plain);
    MarkReading(patterns, reading, hidden);
  }
  return WithStars(text, hidden);
}

}  // namespace ecsd::support
