#include "sim/ssm_api.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/ecs_input.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/lies.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

constexpr long long kShortestPage = 5;
constexpr long long kLongestPage = 50;
constexpr long long kUsualPage = 10;
constexpr std::size_t kMostFilterValues = 100;

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

struct Query {
  std::vector<Filter> filters;
  std::size_t page_length = 0;
  std::string next_token;
};

tl::unexpected<ApiError> Invalid(std::string_view value, std::string_view member,
                                 std::string_view constraint) {
  return FailApi(
      400, "ValidationException",
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "{}",
                  value, member, constraint));
}

bool IsManagedId(std::string_view id) {
  const auto prefix = id.substr(0, id.starts_with("mi-") ? 3 : 2);
  const auto digits = id.substr(prefix.size());
  return (prefix == "mi-" || prefix == "i-") && (digits.size() == 17 || digits.size() == 8) &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

tl::expected<void, ApiError> CheckFilter(const Filter& filter) {
  if (filter.key != "InstanceIds" && filter.key != "PingStatus" && filter.key != "ResourceType") {
    return FailApi(400, "InvalidFilterKey",
                   fmt::format("ecs-sim does not know the filter key \"{}\".", filter.key));
  }
  if (filter.values.empty()) {
    return Invalid("[]", "filters.1.member.values",
                   "Member must have length greater than or equal to 1");
  }
  if (filter.values.size() > kMostFilterValues) {
    return Invalid("[...]", "filters.1.member.values",
                   "Member must have length less than or equal to 100");
  }
  const auto wrong = std::ranges::find_if_not(filter.values, IsManagedId);
  if (filter.key == "InstanceIds" && wrong != filter.values.end()) {
    return FailApi(400, "InvalidInstanceId",
                   fmt::format("The instance ID {} is not valid.", *wrong));
  }
  return {};
}

tl::expected<std::vector<Filter>, ApiError> ReadFilters(const Json& input) {
  std::vector<Filter> filters;
  for (const Json& one : ItemsOf(input, "Filters")) {
    EcsInput members(one);
    Filter& filter = filters.emplace_back();
    filter.key = members.Text("Key");
    filter.values = members.Texts("Values");
    if (const auto& wrong = members.error()) return tl::unexpected(*wrong);
    if (auto valid = CheckFilter(filter); !valid) return tl::unexpected(std::move(valid).error());
  }
  return filters;
}

tl::expected<Query, ApiError> ReadQuery(const Json& input, const PagingRules& paging) {
  EcsInput members(input);
  const long long asked = members.Integer("MaxResults").value_or(kUsualPage);
  Query query;
  query.next_token = members.Text("NextToken");
  if (const auto& wrong = members.error()) return tl::unexpected(*wrong);
  if (Member(input, "InstanceInformationFilterList") != nullptr) {
    return FailApi(400, "ValidationException",
                   "ecs-sim knows only `Filters`, not `InstanceInformationFilterList`.");
  }
  if (asked < kShortestPage || asked > kLongestPage) {
    return Invalid(
        fmt::format("{}", asked), "maxResults",
        asked < kShortestPage
            ? fmt::format("Member must have value greater than or equal to {}", kShortestPage)
            : fmt::format("Member must have value less than or equal to {}", kLongestPage));
  }
  query.page_length = std::min(static_cast<std::size_t>(asked), paging.longest_page);
  auto filters = ReadFilters(input);
  if (!filters) return tl::unexpected(std::move(filters).error());
  query.filters = *std::move(filters);
  return query;
}

const std::string& ValueOf(const Filter& filter, const ManagedInstance& instance) {
  if (filter.key == "InstanceIds") return instance.id;
  return filter.key == "PingStatus" ? instance.ping_status : instance.resource_type;
}

bool Accepts(const Filter& filter, const ManagedInstance& instance) {
  return std::ranges::find(filter.values, ValueOf(filter, instance)) != filter.values.end();
}

bool Accepts(const Query& query, const ManagedInstance& instance) {
  return std::ranges::all_of(query.filters,
                             [&](const Filter& filter) { return Accepts(filter, instance); });
}

// What a token is good for: the other parameters, but the length of a page.
std::string Binding(Json input) {
  input.erase("NextToken");
  input.erase("MaxResults");
  return "managed " + Dump(input);
}

struct Page {
  std::string items;
  std::string next_token;
};

Page TakePage(const Account& account, const Query& query, const std::string& binding,
              PagePosition from, std::optional<FaultKind> twist) {
  Page page;
  if (twist == FaultKind::kEmptyList || twist == FaultKind::kMissing) return page;
  const std::size_t length = twist == FaultKind::kEmptyPage ? 0 : query.page_length;
  const auto& all = account.managed_instances();
  std::size_t count = 0;
  std::size_t index = from.index;
  for (; index < all.size(); ++index) {
    if (!Accepts(query, all[index])) continue;
    if (count++ == length) break;
    page.items += (count == 1 ? "" : ",") + all[index].json;
    if (count == 1 && twist == FaultKind::kDuplicateItem) page.items += "," + all[index].json;
  }
  if (index < all.size())
    page.next_token = MakeToken(binding, {.index = index, .after_empty_page = false});
  return page;
}

// The items of a page, as a fault bends them.
std::string Told(const std::string& items, std::optional<FaultKind> twist) {
  if (!twist || !IsLie(*twist)) return items;
  Json list = ParseJson("[" + items + "]").value_or(Json::array());
  TellLie(*twist, ItemSort::kManagedInstance, list);
  const std::string bent = Dump(list);
  return bent.substr(1, bent.size() - 2);
}

}  // namespace

bool IsSsmOperation(std::string_view operation) {
  return operation == "DescribeInstanceInformation";
}

ApiResult DescribeInstanceInformation(std::string_view body, const Account& account,
                                      const PagingRules& paging, std::optional<FaultKind> twist) {
  const std::optional<Json> input = ParseJson(body);
  if (!input || !input->is_object()) {
    return FailApi(400, "SerializationException",
                   "Start of structure or map found where not expected.");
  }
  const auto query = ReadQuery(*input, paging);
  if (!query) return tl::unexpected(query.error());
  const std::string binding = Binding(*input);
  PagePosition from;
  if (!query->next_token.empty()) {
    const auto read = ReadToken(binding, query->next_token);
    if (!read) return FailApi(400, "InvalidNextToken", "The specified token is not valid.");
    from = *read;
  }
  Page page = TakePage(account, *query, binding, from, twist);
  if (twist == FaultKind::kRepeatedToken) {
    page.next_token = query->next_token.empty() ? MakeToken(binding, from) : query->next_token;
  }
  const std::string token = page.next_token.empty()
                                ? std::string()
                                : fmt::format(R"(,"NextToken":"{}")", page.next_token);
  return fmt::format(R"({{"InstanceInformationList":[{}]{}}})", Told(page.items, twist), token);
}

}  // namespace ecsd::sim
