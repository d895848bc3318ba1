#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::sim {

// Where a listing goes on. `after_empty_page` tells that the page before held nothing on purpose.
struct PagePosition {
  std::size_t index = 0;
  bool after_empty_page = false;
  friend bool operator==(const PagePosition&, const PagePosition&) = default;
};

// How listings are cut, beside what the request asks for.
struct PagingRules {
  std::size_t longest_page = 100;
  bool empty_pages = false;  // every other page of ListTasks and ListClusters is empty
};

// A token that is opaque to clients and valid only with the same `binding`: the text of the
// operation and its other parameters.
[[nodiscard]] std::string MakeToken(std::string_view binding, PagePosition position);

// Nothing when the token is no token or was made for another binding.
[[nodiscard]] std::optional<PagePosition> ReadToken(std::string_view binding,
                                                    std::string_view token);

}  // namespace ecsd::sim
