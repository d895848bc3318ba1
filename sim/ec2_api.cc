#include "sim/ec2_api.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/instance_xml.h"
#include "sim/json.h"
#include "sim/lies.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

constexpr std::size_t kShortestPage = 5;
constexpr std::size_t kLongestPage = 1000;
constexpr std::size_t kMostFilterValues = 200;

struct Filter {
  std::string name;
  std::vector<std::string> values;
};

struct Query {
  std::vector<std::string> ids;
  std::map<std::string, Filter, std::less<>> filters;  // by their number in the request
  std::string max_results;
  std::string next_token;
  bool managed = false;
  bool dry_run = false;
};

tl::unexpected<ApiError> Unknown(std::string_view name) {
  return FailApi(400, "UnknownParameter", fmt::format("The parameter {} is not recognized", name));
}

// Filter.N.Name and Filter.N.Value.M.
tl::expected<void, ApiError> ReadFilter(std::string_view name, const std::string& value,
                                        Query& query) {
  const std::string_view rest = name.substr(std::string_view("Filter.").size());
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  Filter& filter = query.filters[std::string(rest.substr(0, dot))];
  const std::string_view field = rest.substr(dot);
  if (field == ".Name") {
    filter.name = value;
  } else if (field.starts_with(".Value.")) {
    filter.values.push_back(value);
  } else {
    return Unknown(name);
  }
  return {};
}

tl::expected<void, ApiError> ReadParameter(const NamedText& parameter, Query& query) {
  const auto& [name, value] = parameter;
  if (name == "Action" || name == "Version") return {};
  if (name.starts_with("Filter.")) return ReadFilter(name, value, query);
  if (name.starts_with("InstanceId.")) {
    query.ids.push_back(value);
  } else if (name == "MaxResults") {
    query.max_results = value;
  } else if (name == "NextToken") {
    query.next_token = value;
  } else if (name == "IncludeManagedResources") {
    query.managed = value == "true";
  } else if (name == "DryRun") {
    query.dry_run = value == "true";
  } else {
    return Unknown(name);
  }
  return {};
}

// EC2's wildcards: `*` any text, `?` any character, `\` takes the next one literally.
bool Matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return Matches(pattern.substr(1), text) || (!text.empty() && Matches(pattern, text.substr(1)));
  }
  if (pattern[0] == '\\' && pattern.size() > 1)
    pattern.remove_prefix(1);
  else if (pattern[0] == '?' && !text.empty())
    return Matches(pattern.substr(1), text.substr(1));
  return !text.empty() && pattern[0] == text[0] && Matches(pattern.substr(1), text.substr(1));
}

bool Accepts(const Filter& filter, const Instance& instance) {
  const std::string& value = filter.name == "instance-id" ? instance.id : instance.state;
  return std::ranges::any_of(filter.values,
                             [&](const std::string& pattern) { return Matches(pattern, value); });
}

bool Accepts(const Query& query, const Instance& instance) {
  if (instance.hidden_by_default && !query.managed) return false;
  return std::ranges::all_of(query.filters,
                             [&](const auto& one) { return Accepts(one.second, instance); });
}

tl::expected<void, ApiError> CheckFilters(const Query& query) {
  for (const auto& [number, filter] : query.filters) {
    if (filter.name != "instance-id" && filter.name != "instance-state-name") {
      return FailApi(400, "InvalidParameterValue",
                     fmt::format("The filter '{}' is invalid", filter.name));
    }
    if (filter.values.empty()) {
      return FailApi(400, "InvalidParameterValue",
                     fmt::format("The filter '{}' has no values", filter.name));
    }
    if (filter.values.size() > kMostFilterValues) {
      return FailApi(400, "FilterLimitExceeded",
                     "The maximum number of filter values specified on a single call is 200");
    }
  }
  return {};
}

// Nothing: the request does not page.
tl::expected<std::optional<std::size_t>, ApiError> PageLength(const Query& query,
                                                              const PagingRules& paging) {
  if (query.max_results.empty() && query.next_token.empty()) return std::nullopt;
  if (!query.ids.empty()) {
    return FailApi(400, "InvalidParameterCombination",
                   "The parameter instancesSet cannot be used with the parameter maxResults");
  }
  std::size_t length = kLongestPage;
  const std::string& text = query.max_results;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool number = text.empty() || (error == std::errc() && end == text.data() + text.size());
  if (!number || length < kShortestPage || length > kLongestPage) {
    return FailApi(
        400, "InvalidParameterValue",
        fmt::format("Value ( {} ) for parameter maxResults is invalid. Expecting a value "
                    "between {} and {}.",
                    text, kShortestPage, kLongestPage));
  }
  // Only a bound the user asked for: 100 is ECS's longest page, not EC2's.
  return paging.longest_page < 100 ? std::min(length, paging.longest_page) : length;
}

tl::unexpected<ApiError> NotFound(const std::vector<std::string>& ids) {
  return FailApi(400, "InvalidInstanceID.NotFound",
                 ids.size() == 1
                     ? fmt::format("The instance ID '{}' does not exist", ids.front())
                     : fmt::format("The instance IDs '{}' do not exist", fmt::join(ids, ", ")));
}

bool IsInstanceId(std::string_view id) {
  return id.starts_with("i-") && id.size() >= 10 && id.size() <= 19 &&
         id.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

using Instances = std::vector<const Instance*>;

tl::expected<Instances, ApiError> ByIds(const Ec2Call& call, const Query& query) {
  std::vector<std::string> missing;
  Instances out;
  for (const std::string& id : query.ids) {
    if (!IsInstanceId(id)) {
      return FailApi(400, "InvalidInstanceID.Malformed", fmt::format("Invalid id: \"{}\"", id));
    }
    const Instance* instance =
        call.twist == FaultKind::kMissing ? nullptr : call.account.FindInstance(id);
    if (instance == nullptr || (instance->hidden_by_default && !query.managed)) {
      missing.push_back(id);
    } else if (Accepts(query, *instance)) {
      out.push_back(instance);
    }
  }
  if (!missing.empty()) return NotFound(missing);
  return out;
}

std::string Binding(const std::vector<NamedText>& parameters) {
  std::vector<std::string> rest;
  for (const auto& [name, value] : parameters) {
    if (name != "NextToken" && name != "MaxResults")
      rest.push_back(fmt::format("{}={}", name, value));
  }
  std::ranges::sort(rest);
  return fmt::format("{}", fmt::join(rest, "\n"));
}

struct Page {
  Instances instances;
  std::string next_token;
};

Page TakePage(const Ec2Call& call, const Query& query, std::size_t index, std::size_t length) {
  const auto& all = call.account.instances();
  Page page;
  if (call.twist == FaultKind::kEmptyList || call.twist == FaultKind::kMissing) return page;
  if (call.twist == FaultKind::kEmptyPage) length = 0;
  std::size_t count = 0;
  for (; index < all.size(); ++index) {
    if (!Accepts(query, all[index])) continue;
    if (count++ == length) break;
    page.instances.push_back(&all[index]);
    if (count == 1 && call.twist == FaultKind::kDuplicateItem) {
      page.instances.push_back(&all[index]);
    }
  }
  if (index < all.size())
    page.next_token =
        MakeToken(Binding(call.parameters), {.index = index, .after_empty_page = false});
  return page;
}

tl::expected<Page, ApiError> Select(const Ec2Call& call, const Query& query) {
  const auto length = PageLength(query, call.paging);
  if (!length) return tl::unexpected(length.error());
  if (!query.ids.empty()) {
    return ByIds(call, query).map([](Instances found) {
      return Page{.instances = std::move(found), .next_token = {}};
    });
  }
  PagePosition from;
  if (!query.next_token.empty()) {
    const auto read = ReadToken(Binding(call.parameters), query.next_token);
    if (!read) return FailApi(400, "InvalidPaginationToken", "The pagination token is invalid");
    from = *read;
  }
  Page page = TakePage(call, query, from.index, length->value_or(call.account.instances().size()));
  if (call.twist == FaultKind::kRepeatedToken) {
    page.next_token =
        query.next_token.empty() ? MakeToken(Binding(call.parameters), from) : query.next_token;
  }
  return page;
}

// The items of reservationSet, as a fault bends them.
std::string Reservations(const Ec2Call& call, const Instances& instances) {
  std::string out;
  if (!call.twist || !IsLie(*call.twist)) {
    for (const Instance* instance : instances) out += instance->xml;
    return out;
  }
  Json items = Json::array();
  for (const Instance* instance : instances) {
    items.push_back(ParseJson(instance->json).value_or(Json::object()));
  }
  TellLie(*call.twist, ItemSort::kInstance, items);
  for (const Json& item : items) out += ReservationXml(item, call.account.id());
  return out;
}

}  // namespace

ApiResult DescribeInstances(const Ec2Call& call) {
  Query query;
  for (const NamedText& parameter : call.parameters) {
    if (auto read = ReadParameter(parameter, query); !read) {
      return tl::unexpected(std::move(read).error());
    }
  }
  if (auto valid = CheckFilters(query); !valid) return tl::unexpected(std::move(valid).error());
  if (query.dry_run) {
    return FailApi(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
  }
  return Select(call, query).map([&](const Page& page) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeInstancesResponse "
        "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>{}</requestId>"
        "<reservationSet>{}</reservationSet>{}</DescribeInstancesResponse>",
        call.request_id, Reservations(call, page.instances),
        page.next_token.empty() ? std::string()
                                : fmt::format("<nextToken>{}</nextToken>", page.next_token));
  });
}

}  // namespace ecsd::sim
