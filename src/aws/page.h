#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/result.h"

namespace ecsd::aws {

// A page of a listing. It may be empty and still not be the last; without a token it was the last.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_token;
  friend bool operator==(const Page&, const Page&) = default;
};

// Follows a listing to its end: `next(token)` reads the page of a token, and the first without one.
// `call` names the call in messages. A token that is given a second time would never end and is
// kMalformed.
template <typename T, typename Next>
[[nodiscard]] support::Result<std::vector<T>> ReadAllPages(std::string_view call,
                                                           const Next& next) {
  std::vector<T> items;
  std::optional<std::string> token;
  std::unordered_set<std::string> used;
  while (true) {
    support::Result<Page<T>> page = next(token);
    if (!page) return tl::unexpected(std::move(page).error());
    std::ranges::move(page->items, std::back_inserter(items));
    if (!page->next_token) return items;
    if (!used.insert(*page->next_token).second) {
      return support::Fail(support::ErrorKind::kMalformed,
                           fmt::format("{}: the same nextToken a second time", call));
    }
    token = std::move(page->next_token);
  }
}

}  // namespace ecsd::aws
