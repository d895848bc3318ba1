#include "discovery/instance_answers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "discovery/batches.h"
#include "discovery/sorted_answer.h"

namespace ecsd::discovery {
namespace {

// Trusts no absence in a response to another request.
template <typename T>
SortedAnswer<T> DistrustIfForeign(SortedAnswer<T> sorted) {
  if (sorted.foreign.empty()) return sorted;
  std::ranges::move(sorted.missing, std::back_inserter(sorted.unanswered));
  sorted.missing.clear();
  SortUnique(sorted.unanswered);
  return sorted;
}

}  // namespace

bool IsInstanceId(std::string_view id) {
  constexpr std::size_t kMostDigits = 17;
  const auto dash = id.find('-');
  if (dash == std::string_view::npos) return false;
  const auto digits = id.substr(dash + 1);
  const bool known = id.substr(0, dash) == "i" || id.substr(0, dash) == "mi";
  return known && !digits.empty() && digits.size() <= kMostDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

SortedAnswer<core::ContainerInstance> SortContainerInstances(
    const std::vector<std::string>& arns, aws::Described<core::ContainerInstance> answer) {
  return DistrustIfForeign(SortAnswer(arns, std::move(answer)));
}

SortedAnswer<core::Instance> SortInstances(const std::vector<std::string>& ids,
                                           std::vector<core::Instance> answer) {
  auto sorted = SortItems(ids, std::move(answer), {}, Unmentioned::kMissing,
                          [](const core::Instance& item) -> const std::string& { return item.id; });
  const auto malformed = std::ranges::stable_partition(
      sorted.items, [](const core::Instance& item) { return !item.malformed; });
  for (auto& item : malformed) sorted.unanswered.push_back(std::move(item.id));
  sorted.items.erase(malformed.begin(), malformed.end());
  SortUnique(sorted.unanswered);
  return DistrustIfForeign(std::move(sorted));
}

}  // namespace ecsd::discovery
