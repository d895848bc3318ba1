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

// Follows a listing page by page: `next(token)` reads the page of a token, the first without one,
// and `take(items)` returns whether to go on. The only loop over pages; ListTasks, which is read
// page by page between other calls, follows the same rules in discovery/task_reader.
// Invariant: each token is used once. An empty page ends nothing, only a page without a token does;
// a token that was given before would lead round in circles and is kMalformed, `call` naming the
// call.
template <typename T, typename Next, typename Take>
[[nodiscard]] support::Result<void> ForEachPage(std::string_view call, const Next& next,
                                                const Take& take) {
  std::optional<std::string> token;
  std::unordered_set<std::string> used;
  while (true) {
    support::Result<Page<T>> page = next(token);
    if (!page) return tl::unexpected(std::move(page).error());
    if (!take(std::move(page->items)) || !page->next_token) return {};
    if (!used.insert(*page->next_token).second) {
      return support::Fail(support::ErrorKind::kMalformed,
                           fmt::format("{}: the same nextToken a second time", call));
    }
    token = std::move(page->next_token);
  }
}

// Everything of a listing.
template <typename T, typename Next>
[[nodiscard]] support::Result<std::vector<T>> ReadAllPages(std::string_view call,
                                                           const Next& next) {
  std::vector<T> all;
  return ForEachPage<T>(call, next,
                        [&all](std::vector<T> items) {
                          std::ranges::move(items, std::back_inserter(all));
                          return true;
                        })
      .map([&all] { return std::move(all); });
}

// The first page of a listing that is not empty, among the first `most`; empty where there is none.
template <typename T, typename Next>
[[nodiscard]] support::Result<std::vector<T>> ReadFirstItems(std::string_view call, int most,
                                                             const Next& next) {
  std::vector<T> first;
  int pages = 0;
  return ForEachPage<T>(call, next,
                        [&first, &pages, most](std::vector<T> items) {
                          first = std::move(items);
                          return first.empty() && ++pages < most;
                        })
      .map([&first] { return std::move(first); });
}

}  // namespace ecsd::aws
