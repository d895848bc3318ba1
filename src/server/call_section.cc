#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "server/html.h"
#include "server/live_figures.h"
#include "server/number_text.h"
#include "server/page.h"
#include "server/page_sections.h"

namespace ecsd::server {
namespace {

std::string SizeText(std::uint64_t bytes) {
  const double kilobytes = static_cast<double>(bytes) / 1000;
  if (bytes < 1000) return fmt::format("{} B", bytes);
  return kilobytes < 1000 ? fmt::format("{:.1f} kB", kilobytes)
                          : fmt::format("{:.1f} MB", kilobytes / 1000);
}

std::string ActionRow(const ActionFigures& action) {
  std::uint64_t failed = 0;
  for (const auto& failures : action.failures) failed += failures.count;
  return fmt::format(
      R"(<tr><th scope="row"><code>{}</code></th><td class="number" data-th="Calls">{}</td>)"
      R"(<td class="number" data-th="Failed">{}</td><td class="number" data-th="Throttled">{}</td>)"
      R"(<td class="number" data-th="Retried">{}</td><td class="number" data-th="Received">{}</td></tr>)",
      Escaped(action.action), WithSeparators(action.calls), WithSeparators(failed),
      WithSeparators(action.throttles), WithSeparators(action.retries), SizeText(action.bytes));
}

// Tokens are below zero while calls wait.
std::string BucketsHtml(const LiveFigures& live) {
  if (live.buckets.empty()) return "";
  std::string html =
      R"(<div class="scroll"><table><caption>AWS rate limits</caption><thead><tr>)"
      R"(<th scope="col">Token bucket</th><th scope="col" class="number">Tokens left</th>)"
      R"(<th scope="col" class="number">Calls a second</th>)"
      R"(<th scope="col" class="number">Waited</th></tr></thead><tbody>)";
  for (const auto& bucket : live.buckets) {
    html += fmt::format(
        R"(<tr><th scope="row"><code>{}</code></th><td class="number" data-th="Tokens left">{:.0f})"
        R"(</td><td class="number" data-th="Calls a second">{:.1f}</td>)"
        R"(<td class="number" data-th="Waited">{:.1f} s</td></tr>)",
        Escaped(bucket.bucket), std::max(0.0, bucket.tokens), bucket.rate, bucket.waited_seconds);
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::string CallsHtml(const PageInput& input) {
  std::string rows;
  for (const auto& action : input.live.actions) {
    if (action.calls > 0) rows += ActionRow(action);
  }
  if (rows.empty()) return R"(<p class="empty">No call has been made yet.</p>)";
  return fmt::format(
             R"(<div class="scroll"><table><caption>Calls since the start</caption><thead><tr>)"
             R"(<th scope="col">Action</th><th scope="col" class="number">Calls</th>)"
             R"(<th scope="col" class="number">Failed</th><th scope="col" class="number">Throttled</th>)"
             R"(<th scope="col" class="number">Retried</th><th scope="col" class="number">Received</th>)"
             R"(</tr></thead><tbody>{}</tbody></table></div>)",
             rows) +
         BucketsHtml(input.live);
}

}  // namespace ecsd::server
