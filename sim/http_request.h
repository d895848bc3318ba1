#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::sim {

using NamedText = std::pair<std::string, std::string>;

// A request as it arrived: nothing decoded, headers in order and with repetitions.
struct HttpRequest {
  std::string method;
  std::string path;   // still percent-encoded
  std::string query;  // without the `?`
  std::vector<NamedText> headers;
  std::string body;
};

// The first header of that name, whatever its case.
[[nodiscard]] std::optional<std::string_view> FindHeader(const HttpRequest& request,
                                                         std::string_view name);

[[nodiscard]] std::string ToLower(std::string_view text);

// Undoes `%XX`; with `plus_is_space` also `+`. A `%` without two digits stays.
[[nodiscard]] std::string PercentDecode(std::string_view text, bool plus_is_space);

// `a=1&b=2` decoded, in order.
[[nodiscard]] std::vector<NamedText> ParseForm(std::string_view text);

}  // namespace ecsd::sim
