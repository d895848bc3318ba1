#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/reason.h"
#include "server/html.h"
#include "server/list_query.h"
#include "server/number_text.h"
#include "server/page_sections.h"
#include "server/snapshot.h"

namespace ecsd::server {
namespace {

// What a reason means, in words for a person who has not read the documentation.
std::string_view MeaningOf(core::Reason reason) {
  switch (reason) {
    case core::Reason::kTaskNotRunning:
      return "The task is starting or stopping.";
    case core::Reason::kContainerStopped:
      return "The container has stopped.";
    case core::Reason::kDefinitionUnavailable:
      return "The task definition cannot be read.";
    case core::Reason::kNoDefinition:
      return "AWS put the container into the task.";
    case core::Reason::kNoPortLabel:
      return "The container has no docker label with a port.";
    case core::Reason::kNoDynamicLabel:
      return "The container has no docker label that asks for dynamic port detection.";
    case core::Reason::kFiltered:
      return "The filter of the configuration leaves it out.";
    case core::Reason::kInvalidPort:
      return "The docker label is not a valid port.";
    case core::Reason::kNoNetwork:
      return "The network mode allows no connections.";
    case core::Reason::kNoAddress:
      return "The task has no address yet.";
    case core::Reason::kNoInstanceAddress:
      return "The address of its instance is not known.";
    case core::Reason::kNoBinding:
      return "The port is not bound to a port of the instance.";
    case core::Reason::kAmbiguousBinding:
      return "More than one port could be meant.";
  }
  return "";
}

std::string ReasonRow(core::Reason reason, std::size_t count) {
  return fmt::format(
      R"(<tr><th scope="row"><a href="{}#containers">{}</a></th><td data-th="Meaning">{}</td>)"
      R"(<td class="number" data-th="Containers">{}</td></tr>)",
      Escaped(ToUrl({.show = ListQuery::Show::kSkipped, .reason = reason})),
      core::ReasonName(reason), MeaningOf(reason), WithSeparators(count));
}

// The reasons that need action, or the expected ones; empty when there is none.
std::string ReasonTable(const Snapshot& snapshot, bool need_action, std::string_view caption) {
  std::string rows;
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    const auto reason = static_cast<core::Reason>(i);
    const auto count = snapshot.reasons.at(i);
    if (count > 0 && core::NeedsAction(reason) == need_action) rows += ReasonRow(reason, count);
  }
  if (rows.empty()) return {};
  return fmt::format(R"(<div class="scroll"><table><caption>{}</caption><thead><tr>)"
                     R"(<th scope="col">Reason</th><th scope="col">Meaning</th>)"
                     R"(<th scope="col" class="number">Containers</th></tr></thead><tbody>{})"
                     R"(</tbody></table></div>)",
                     caption, rows);
}

}  // namespace

std::string ReasonsHtml(const Snapshot& snapshot) {
  if (!snapshot.ready()) return R"(<p class="empty">Nothing has been read yet.</p>)";
  if (snapshot.skipped_count() + snapshot.target_count() == 0) {
    return R"(<p class="empty">There is no container.</p>)";
  }
  if (snapshot.skipped_count() == 0) return R"(<p class="empty">Every container is a target.</p>)";
  const auto urgent = ReasonTable(snapshot, true, R"(<span class="dot warn">Needs action</span>)");
  return (urgent.empty() ? R"(<p class="empty">None needs action.</p>)" : urgent) +
         ReasonTable(snapshot, false, "Expected");
}

}  // namespace ecsd::server
