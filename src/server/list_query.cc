#include "server/list_query.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
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
constexpr std::size_t kLongestCluster = 255;  // of ECS CreateCluster
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
  if (name == "cluster") query.cluster = value.substr(0, kLongestCluster);
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

template <typename Row>
bool HasAll(const Row& row, const std::vector<std::string>& words) {
  return std::ranges::all_of(words, [&row](const std::string& word) { return Matches(row, word); });
}

std::size_t PagesOf(std::size_t count) {
  return std::max<std::size_t>(1, (count + kRowsOfPage - 1) / kRowsOfPage);
}

// The rows of all `count` that stand on page `page`, and no look at those behind it.
template <typename Row, typename ForEach>
Found<Row> FindAll(std::size_t count, std::size_t page, const ForEach& for_each) {
  Found<Row> found{.count = count, .pages = PagesOf(count)};
  found.page = std::clamp<std::size_t>(page, 1, found.pages);
  std::size_t before = (found.page - 1) * kRowsOfPage;
  for_each([&](const Row& row) {
    if (before > 0) {
      --before;
    } else {
      found.rows.push_back(row);
    }
    return found.rows.size() < kRowsOfPage;
  });
  return found;
}

// The matching rows that stand on page `page`.
template <typename Row, typename ForEach, typename Matches>
Found<Row> FindMatching(std::size_t page, const ForEach& for_each, const Matches& matches) {
  Found<Row> found{.page = page};
  for_each([&](const Row& row) {
    if (!matches(row)) return true;
    if (found.count / kRowsOfPage == page - 1) found.rows.push_back(row);
    ++found.count;
    return true;
  });
  found.pages = PagesOf(found.count);
  if (page > found.pages) return FindMatching<Row>(found.pages, for_each, matches);
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
  if (snapshot.containers == nullptr) return {};
  const auto for_each = [&](const std::function<bool(const core::Target&)>& each) {
    snapshot.containers->ForEachTarget(query.cluster, each);
  };
  const auto words = WordsOf(query.text);
  if (words.empty() && query.cluster.empty())
    return FindAll<core::Target>(snapshot.target_count(), query.page, for_each);
  return FindMatching<core::Target>(
      query.page, for_each, [&](const core::Target& target) { return HasAll(target, words); });
}

Found<SkippedContainer> FindSkipped(const Snapshot& snapshot, const ListQuery& query) {
  if (snapshot.containers == nullptr) return {};
  const auto for_each = [&](const std::function<bool(const SkippedContainer&)>& each) {
    snapshot.containers->ForEachSkipped(query.cluster, each);
  };
  const auto words = WordsOf(query.text);
  if (words.empty() && query.cluster.empty() && !query.reason)
    return FindAll<SkippedContainer>(snapshot.skipped_count(), query.page, for_each);
  return FindMatching<SkippedContainer>(query.page, for_each, [&](const SkippedContainer& skipped) {
    return (!query.reason || skipped.reason == *query.reason) && HasAll(skipped, words);
  });
}

}  // namespace ecsd::server
