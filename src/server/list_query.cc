#include "server/list_query.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/explain.h"
#include "core/reason.h"
#include "core/target.h"
#include "server/snapshot.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kLongestText = 200;
constexpr std::size_t kMostWords = 8;

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

void Take(std::string_view name, const std::string& value, ListQuery& query) {
  if (name == "q") query.text = value.substr(0, kLongestText);
  if (name == "cluster") query.cluster = value.substr(0, kLongestText);
  if (name == "reason") query.reason = ReasonOf(value);
  if (name == "show" && value == "skipped") query.show = ListQuery::Show::kSkipped;
  if (name == "page") {
    const auto page = support::ParseDecimal(value);
    query.page = page && *page > 0 ? static_cast<std::size_t>(*page) : 1;
  }
}

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  std::string_view rest = support::Trim(text);
  while (!rest.empty() && words.size() < kMostWords) {
    const auto end = rest.find(' ');
    words.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : support::Trim(rest.substr(end));
  }
  return words;
}

bool Has(const std::string& field, const std::string& word) {
  return strcasestr(field.c_str(), word.c_str()) != nullptr;
}

bool Matches(const core::Target& target, const std::string& word) {
  return Has(target.address, word) ||
         std::ranges::any_of(core::kLabelFields, [&](const core::LabelField& field) {
           return Has(target.*field.value, word);
         });
}

bool Matches(const SkippedContainer& skipped, const std::string& word) {
  return Has(skipped.container, word) || Has(skipped.family, word) || Has(skipped.service, word) ||
         Has(skipped.task, word) || Has(skipped.cluster, word) || Has(skipped.detail, word);
}

// Keeps the matching rows that stand on the query's page.
template <typename Row, typename IsWanted>
Found<Row> Find(const std::vector<Row>& rows, const ListQuery& query, const IsWanted& is_wanted) {
  const auto words = WordsOf(query.text);
  std::vector<const Row*> all;
  for (const auto& row : rows) {
    const auto matches = [&row](const std::string& word) { return Matches(row, word); };
    if (is_wanted(row) && std::ranges::all_of(words, matches)) all.push_back(&row);
  }
  Found<Row> found{.count = all.size()};
  found.pages = std::max<std::size_t>(1, (all.size() + kRowsOfPage - 1) / kRowsOfPage);
  found.page = std::clamp<std::size_t>(query.page, 1, found.pages);
  const auto first = (found.page - 1) * kRowsOfPage;
  const auto last = std::min(all.size(), first + kRowsOfPage);
  for (auto i = first; i < last; ++i) found.rows.push_back(all[i]);
  return found;
}

}  // namespace

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
  if (query.show == ListQuery::Show::kTargets) query.reason = std::nullopt;
  return query;
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
  if (query.page > 1) add("page", std::to_string(query.page));
  return url;
}

Found<core::Target> FindTargets(const Snapshot& snapshot, const ListQuery& query) {
  const auto suffix = "/" + query.cluster;
  return Find(snapshot.targets, query, [&](const core::Target& target) {
    return query.cluster.empty() || target.cluster_arn.ends_with(suffix);
  });
}

Found<SkippedContainer> FindSkipped(const Snapshot& snapshot, const ListQuery& query) {
  return Find(snapshot.skipped, query, [&](const SkippedContainer& skipped) {
    return (query.cluster.empty() || skipped.cluster == query.cluster) &&
           (!query.reason || skipped.reason == *query.reason);
  });
}

}  // namespace ecsd::server
