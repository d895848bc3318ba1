#include "server/list_search.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/explain.h"
#include "core/label_set.h"
#include "core/reason.h"
#include "core/target.h"
#include "server/containers.h"
#include "server/list_query.h"
#include "server/snapshot.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

using Sort = ListQuery::Sort;

constexpr std::size_t kMostWords = 8;

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  const auto lower = support::ToLower(text);
  std::string_view rest = support::Trim(lower);
  while (!rest.empty() && words.size() < kMostWords) {
    const auto end = rest.find(' ');
    words.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : support::Trim(rest.substr(end));
  }
  return words;
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Requires: `word` is in lower case, and not empty.
bool Has(std::string_view field, std::string_view word) {
  const auto is_same = [](char left, char right) { return Lower(left) == right; };
  return !std::ranges::search(field, word, is_same).empty();
}

bool Matches(const core::Target& target, const std::string& word) {
  return Has(target.address, word) ||
         std::any_of(target.labels.begin(), core::LabelSet::end(),
                     [&](const core::Label& label) { return Has(label.value, word); });
}

bool Matches(const SkippedContainer& skipped, const std::string& word) {
  return Has(skipped.container, word) || Has(skipped.family, word) || Has(skipped.service, word) ||
         Has(skipped.task, word) || Has(skipped.cluster, word) || Has(skipped.detail, word);
}

template <typename Row>
bool HasAll(const Row& row, const std::vector<std::string>& words) {
  return std::ranges::all_of(words, [&row](const std::string& word) { return Matches(row, word); });
}

// What groups are made by, of a row; views are good as long as the row does not change.
struct RowParts {
  std::string_view service;
  std::string_view cluster;
  std::string_view container;
  std::string_view reason;
  std::string_view task;
};

std::string_view LastPart(std::string_view arn) {
  return arn.substr(arn.rfind('/') + 1);
}

RowParts PartsOf(const core::Target& target) {
  return {.service = core::ServiceOf(target.labels.Get(core::kTaskGroupLabel)),
          .cluster = LastPart(target.labels.Get(core::kClusterArnLabel)),
          .container = target.labels.Get(core::kContainerNameLabel),
          .reason = {},
          .task = target.labels.Get(core::kTaskArnLabel)};
}

RowParts PartsOf(const SkippedContainer& skipped) {
  return {.service = skipped.service,
          .cluster = skipped.cluster,
          .container = skipped.container,
          .reason = core::ReasonName(skipped.reason),
          .task = skipped.task};
}

void AppendDefinition(const core::Target& target, std::string& key) {
  key += target.labels.Get(core::kTaskNameLabel);
  const auto revision = target.labels.Get(core::kTaskRevisionLabel);
  if (!revision.empty()) (key += ':') += revision;
}

void AppendDefinition(const SkippedContainer& skipped, std::string& key) {
  key += skipped.family;
}

// Stands between the name and the cluster of a group. No name of AWS has one.
constexpr char kBetween = '\0';

// Writes the key of the group of `row` into `key`, whose memory is used again.
template <typename Row>
void KeyOf(const Row& row, const RowParts& parts, Sort sort, std::string& key) {
  key.clear();
  switch (sort) {
    case Sort::kCluster:
      key += parts.cluster;
      return;
    case Sort::kDefinition:
      AppendDefinition(row, key);
      return;
    case Sort::kContainer:
      key += parts.container;
      return;
    case Sort::kReason:
      key += parts.reason;
      return;
    case Sort::kService:
    case Sort::kLargest:
      (key += parts.service) += kBetween;
      key += parts.cluster;
      return;
  }
}

// A group while it is counted.
struct GroupTally {
  std::size_t rows = 0;
  std::size_t tasks = 0;
  std::string last_task;  // rows of one task come one after the other
  std::size_t first = 0;  // the place of its first row in the whole list
  std::size_t placed = 0;
};

using GroupTallies = std::unordered_map<std::string, GroupTally>;

bool IsBefore(const GroupTallies::value_type& left, const GroupTallies::value_type& right,
              Sort sort) {
  if (sort == Sort::kLargest && left.second.rows != right.second.rows) {
    return left.second.rows > right.second.rows;
  }
  // What has no name comes last.
  const bool unnamed_left = left.first.empty() || left.first.front() == kBetween;
  const bool unnamed_right = right.first.empty() || right.first.front() == kBetween;
  if (unnamed_left != unnamed_right) return unnamed_right;
  return left.first < right.first;
}

RowGroup GroupOf(const GroupTallies::value_type& entry) {
  const auto between = std::min(entry.first.find(kBetween), entry.first.size());
  return {.name = entry.first.substr(0, between),
          .cluster = entry.first.substr(std::min(between + 1, entry.first.size())),
          .rows = entry.second.rows,
          .tasks = entry.second.tasks};
}

// Gives each group its place in the whole list, and describes those of the page.
template <typename Row>
void PlaceGroups(GroupTallies& tallies, Sort sort, Found<Row>& found) {
  std::vector<GroupTallies::value_type*> order;
  order.reserve(tallies.size());
  for (auto& entry : tallies) order.push_back(&entry);
  std::ranges::sort(
      order, [sort](const auto* left, const auto* right) { return IsBefore(*left, *right, sort); });
  const auto begin = (found.page - 1) * kRowsOfPage;
  const auto end = std::min(begin + kRowsOfPage, found.count);
  std::size_t next = 0;
  for (auto* entry : order) {
    auto& tally = entry->second;
    tally.first = next;
    next += tally.rows;
    if (next <= begin || tally.first >= end) continue;
    auto& group = found.groups.emplace_back(GroupOf(*entry));
    group.continued = tally.first < begin;
    group.rows_of_page = std::min(next, end) - std::max(tally.first, begin);
  }
  found.rows.resize(end - begin);
}

// Two passes over the rows: the first counts the groups, the second takes the rows of the page. So
// no more than a page of them is in memory, however many there are.
template <typename Row, typename ForEach>
Found<Row> FindGrouped(const ListQuery& query, const ForEach& for_each) {
  Found<Row> found;
  GroupTallies tallies;
  std::string key;
  for_each([&](const Row& row) {
    const auto parts = PartsOf(row);
    KeyOf(row, parts, query.sort, key);
    auto& tally = tallies[key];
    ++found.count;
    ++tally.rows;
    if (tally.tasks == 0 || tally.last_task != parts.task) {
      tally.last_task = parts.task;
      ++tally.tasks;
    }
    return true;
  });
  found.pages = std::max<std::size_t>(1, (found.count + kRowsOfPage - 1) / kRowsOfPage);
  found.page = std::clamp<std::size_t>(query.page, 1, found.pages);
  PlaceGroups(tallies, query.sort, found);
  const auto begin = (found.page - 1) * kRowsOfPage;
  std::size_t missing = found.rows.size();
  for_each([&](const Row& row) {
    KeyOf(row, PartsOf(row), query.sort, key);
    auto& tally = tallies[key];
    const auto place = tally.first + tally.placed++;
    if (place < begin || place >= begin + found.rows.size()) return true;
    found.rows[place - begin] = row;
    return --missing > 0;
  });
  return found;
}

// Calls `each` with the targets that `query` finds, until it returns false.
void ForEachFound(const Snapshot& snapshot, const ListQuery& query,
                  const std::function<bool(const core::Target&)>& each) {
  const auto words = WordsOf(query.text);
  snapshot.containers->ForEachTarget(query.cluster, [&](const core::Target& target) {
    return !HasAll(target, words) || each(target);
  });
}

void ForEachFound(const Snapshot& snapshot, const ListQuery& query,
                  const std::function<bool(const SkippedContainer&)>& each) {
  const auto words = WordsOf(query.text);
  snapshot.containers->ForEachSkipped(query.cluster, [&](const SkippedContainer& skipped) {
    const bool wanted = (!query.reason || skipped.reason == *query.reason) &&
                        (!query.needs_action || core::NeedsAction(skipped.reason));
    return !wanted || !HasAll(skipped, words) || each(skipped);
  });
}

template <typename Row>
Found<Row> FindAll(const Snapshot& snapshot, const ListQuery& query) {
  if (snapshot.containers == nullptr) return {};
  return FindGrouped<Row>(query, [&](const std::function<bool(const Row&)>& each) {
    ForEachFound(snapshot, query, each);
  });
}

template <typename Row>
std::size_t CountAll(const Snapshot& snapshot, const ListQuery& query) {
  std::size_t count = 0;
  ForEachFound(snapshot, query, std::function<bool(const Row&)>([&count](const Row&) {
                 ++count;
                 return true;
               }));
  return count;
}

}  // namespace

Found<core::Target> FindTargets(const Snapshot& snapshot, const ListQuery& query) {
  return FindAll<core::Target>(snapshot, query);
}

Found<SkippedContainer> FindSkipped(const Snapshot& snapshot, const ListQuery& query) {
  return FindAll<SkippedContainer>(snapshot, query);
}

std::size_t CountFound(const Snapshot& snapshot, const ListQuery& query) {
  if (snapshot.containers == nullptr) return 0;
  const bool targets = query.show == ListQuery::Show::kTargets;
  const bool filters = query.searches() || query.reason || query.needs_action;
  if (!filters) return targets ? snapshot.target_count() : snapshot.skipped_count();
  return targets ? CountAll<core::Target>(snapshot, query)
                 : CountAll<SkippedContainer>(snapshot, query);
}

}  // namespace ecsd::server
