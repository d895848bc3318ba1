#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::support {

// Locale-free helpers for ASCII text.

// `text` without ASCII white space (space, \t, \n, \v, \f, \r) at both ends.
[[nodiscard]] std::string_view Trim(std::string_view text);

// `text` with A-Z made a-z; other bytes stay.
[[nodiscard]] std::string ToLower(std::string_view text);

// `text` with a-z made A-Z; other bytes stay.
[[nodiscard]] std::string ToUpper(std::string_view text);

// Decimal digits only, no sign, no white space; nothing when empty, otherwise written or above
// 2^63-1.
[[nodiscard]] std::optional<std::int64_t> ParseDecimal(std::string_view text);

// `number` in decimal, with a comma before every three digits: "4,200".
[[nodiscard]] std::string WithThousands(std::uint64_t number);

// The non-empty lines of `text`, without line ends (\n or \r\n).
[[nodiscard]] std::vector<std::string_view> SplitLines(std::string_view text);

// `text` without what stands before an '@' in the authority of a URL ("http://user:password@host"),
// so that no password reaches a log: "http://***@host".
[[nodiscard]] std::string HideUserInfo(std::string_view text);

// At most `limit` bytes of `text`, made fit for one log line: what a terminal would obey becomes
// spaces (IsInvisible in support/utf8.h), and a cut is shown by "...".
[[nodiscard]] std::string OneLine(std::string_view text, std::size_t limit);

}  // namespace ecsd::support
