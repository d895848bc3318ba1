#include "server/list_query.h"

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/reason.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kLongestText = 200;
constexpr std::size_t kLongestCluster = 255;  // of ECS CreateCluster

int HexValue(char digit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto at =
      kDigits.find(digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + ('a' - 'A')) : digit);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Undoes application/x-www-form-urlencoded. What is no escape stays; zero bytes end nothing here,
// but would in strcasestr, so they become spaces.
std::string Decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '+') byte = ' ';
    if (byte == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      byte = static_cast<char>((HexValue(text[i + 1]) * 16) + HexValue(text[i + 2]));
      i += 2;
    }
    plain += byte == '\0' ? ' ' : byte;
  }
  return plain;
}

std::string Encode(std::string_view text) {
  std::string encoded;
  for (const char byte : text) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
    encoded +=
        plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return encoded;
}

std::optional<core::Reason> ReasonOf(std::string_view name) {
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    const auto reason = static_cast<core::Reason>(i);
    if (core::ReasonName(reason) == name) return reason;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<ListQuery::Sort, std::string_view>, 6> kSorts = {{
    {ListQuery::Sort::kService, "service"},
    {ListQuery::Sort::kCluster, "cluster"},
    {ListQuery::Sort::kDefinition, "definition"},
    {ListQuery::Sort::kContainer, "container"},
    {ListQuery::Sort::kReason, "reason"},
    {ListQuery::Sort::kLargest, "largest"},
}};

void TakeSort(std::string_view value, ListQuery& query) {
  for (const auto& [sort, name] : kSorts) {
    if (name == value) query.sort = sort;
  }
}

void TakeReason(std::string_view value, ListQuery& query) {
  query.needs_action = value == kNeedsAction;
  query.reason = ReasonOf(value);
}

void Take(std::string_view name, const std::string& value, ListQuery& query) {
  if (name == "q") query.text = value.substr(0, kLongestText);
  if (name == "cluster") query.cluster = value.substr(0, kLongestCluster);
  if (name == "reason") TakeReason(value, query);
  if (name == "sort") TakeSort(value, query);
  if (name == "show" && value == "skipped") query.show = ListQuery::Show::kSkipped;
  if (name == "page") {
    const auto page = support::ParseDecimal(value);
    query.page = page && *page > 0 ? static_cast<std::size_t>(*page) : 1;
  }
}

}  // namespace

ListQuery ListQuery::Other() const {
  return {.show = show == Show::kTargets ? Show::kSkipped : Show::kTargets,
          .text = text,
          .cluster = cluster,
          .sort = sort == Sort::kReason ? Sort::kService : sort};
}

ListQuery ReadListQuery(std::string_view text) {
  ListQuery query;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) {
      Take(pair.substr(0, equals), Decode(pair.substr(equals + 1)), query);
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  if (query.show == ListQuery::Show::kTargets) {
    query.reason = std::nullopt;
    query.needs_action = false;
    if (query.sort == ListQuery::Sort::kReason) query.sort = ListQuery::Sort::kService;
  }
  return query;
}

std::string_view NameOf(ListQuery::Sort sort) {
  for (const auto& [each, name] : kSorts) {
    if (each == sort) return name;
  }
  return {};
}

std::string ToUrl(const ListQuery& query) {
  std::string url = "?";
  const auto add = [&url](std::string_view name, std::string_view value) {
    url += fmt::format("{}{}={}", url.size() > 1 ? "&" : "", name, Encode(value));
  };
  if (query.show == ListQuery::Show::kSkipped) add("show", "skipped");
  if (!query.text.empty()) add("q", query.text);
  if (!query.cluster.empty()) add("cluster", query.cluster);
  if (query.reason) add("reason", core::ReasonName(*query.reason));
  if (query.needs_action) add("reason", kNeedsAction);
  if (query.sort != ListQuery::Sort::kService) add("sort", NameOf(query.sort));
  if (query.page > 1) add("page", std::to_string(query.page));
  return url;
}

}  // namespace ecsd::server
