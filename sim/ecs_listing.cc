#include "sim/ecs_listing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/answer.h"
#include "sim/ecs_api.h"
#include "sim/ecs_input.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

constexpr long long kLongestPage = 100;

struct Page {
  std::vector<std::string_view> arns;
  std::string next_token;
};

// What a token is good for: the operation's other parameters, but the length of a page.
std::string Binding(std::string_view member, const Json& input) {
  Json rest = input;
  rest.erase("nextToken");
  rest.erase("maxResults");
  return fmt::format("{} {}", member, Dump(rest));
}

std::size_t SkipFiltered(const Listing& listing, std::size_t index) {
  while (index < listing.size && listing.arn(index).empty()) ++index;
  return index;
}

Page EmptyPage(const std::string& binding, PagePosition from) {
  return {.arns = {},
          .next_token = MakeToken(binding, {.index = from.index, .after_empty_page = true})};
}

Page TakePage(const Listing& listing, const std::string& binding, std::size_t index,
              std::size_t length) {
  Page page;
  while ((index = SkipFiltered(listing, index)) < listing.size && page.arns.size() < length) {
    page.arns.push_back(listing.arn(index++));
  }
  if (index < listing.size)
    page.next_token = MakeToken(binding, {.index = index, .after_empty_page = false});
  return page;
}

void Twist(Page& page, std::optional<FaultKind> twist, const std::string& same_token) {
  if (twist == FaultKind::kEmptyList) page = Page{};
  if (twist == FaultKind::kMissing && !page.arns.empty()) page.arns.erase(page.arns.begin());
  if (twist == FaultKind::kRepeatedToken) page.next_token = same_token;
  if (twist == FaultKind::kDuplicateItem && !page.arns.empty()) {
    page.arns.push_back(page.arns.front());
  }
}

std::string PageBody(std::string_view member, const Page& page) {
  std::string out = fmt::format("{{\"{}\":[", member);
  for (const std::string_view arn : page.arns) {
    if (out.back() != '[') out += ',';
    out += Dump(arn);
  }
  out += ']';
  if (!page.next_token.empty()) out += fmt::format(R"(,"nextToken":"{}")", page.next_token);
  out += '}';
  return out;
}

tl::expected<std::size_t, ApiError> PageLength(const EcsCall& call, EcsInput& input) {
  const long long asked = input.Integer("maxResults").value_or(kLongestPage);
  if (asked < 1 || asked > kLongestPage) {
    return FailApi(400, "InvalidParameterException",
                   "Invalid maxResults. It must be a number between 1 and 100.");
  }
  return std::min(static_cast<std::size_t>(asked), call.paging.longest_page);
}

}  // namespace

ApiResult AnswerPage(const EcsCall& call, EcsInput& input, const Listing& listing) {
  const auto length = PageLength(call, input);
  const std::string token = input.Text("nextToken");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (!length) return tl::unexpected(length.error());
  const std::string binding = Binding(listing.member, call.input);
  PagePosition from;
  if (!token.empty()) {
    const auto read = ReadToken(binding, token);
    if (!read) return FailApi(400, "InvalidParameterException", "Invalid token.");
    from = *read;
  }
  const bool hollow =
      (call.paging.empty_pages && !from.after_empty_page) || call.twist == FaultKind::kEmptyPage;
  Page page = hollow ? EmptyPage(binding, from) : TakePage(listing, binding, from.index, *length);
  Twist(page, call.twist, token.empty() ? MakeToken(binding, from) : token);
  return PageBody(listing.member, page);
}

}  // namespace ecsd::sim
