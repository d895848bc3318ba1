#include "app/journal.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/explain.h"
#include "discovery/source.h"
#include "server/snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using discovery::Event;
using enum discovery::EventKind;
using telemetry::LogLevel;
using Page = server::EventKind;

std::string ClusterOf(const Event& event) {
  return "cluster " + core::ShortName(event.subject);
}

Telling TellOfCluster(const Event& event) {
  if (event.kind == kClusterStale) {
    return {.level = LogLevel::kWarn,
            .message = "cluster could not be read completely; its last known targets are kept",
            .fields = {{"cluster", event.subject}, {"error", event.error}},
            .kind = Page::kStale,
            .subject = ClusterOf(event),
            .text = event.error};
  }
  if (event.kind == kClusterRecovered) {
    return {.level = LogLevel::kInfo,
            .message = "cluster is read again",
            .fields = {{"cluster", event.subject}},
            .kind = Page::kRecovered,
            .subject = ClusterOf(event),
            .text = "is read again"};
  }
  return {.level = LogLevel::kInfo,
          .message = "cluster was deleted; its targets are dropped",
          .fields = {{"cluster", event.subject}},
          .kind = Page::kGone,
          .subject = ClusterOf(event),
          .text = "was deleted; its targets are dropped"};
}

Telling TellOfPostponed(const Event& event, const EventContext& context) {
  return {.level = LogLevel::kWarn,
          .message =
              "the deadline of the refresh came before some clusters were read; they come first in "
              "the next; see --refresh-timeout and --aws.rate-share",
          .fields = {{"clusters_postponed", event.clusters}, {"clusters", context.clusters}},
          .kind = Page::kStale,
          .subject = fmt::format("{} clusters", event.clusters),
          .text = "not read before the deadline of the refresh; they come first in the next"};
}

Telling TellOfHeldLoss(const Event& event, const EventContext& context) {
  return {
      .level = LogLevel::kWarn,
      .message =
          context.ends_early
              ? "targets of clusters outside the selection are kept, for this run ends before "
                "two more complete refreshes can agree; give -guard.max-drop-percent=100 or "
                "delete the file to drop them now, or --state.path to count the refreshes of "
                "later runs"
              : "targets of clusters outside the selection are kept until two more complete "
                "refreshes agree; delete the file or give -guard.max-drop-percent=100 to drop "
                "them now",
      .fields = {{"targets", event.targets}, {"clusters", event.subject}, {"reason", event.error}},
      .kind = Page::kHeldBack,
      .subject = NamesOf(event.subject),
      .text = fmt::format("{} targets outside the selection are kept until two more complete "
                          "refreshes agree",
                          event.targets)};
}

Telling TellOfLoss(const Event& event) {
  return {
      .level = LogLevel::kWarn,
      .message = "targets of clusters outside the selection are dropped",
      .fields = {{"targets", event.targets}, {"clusters", event.subject}, {"reason", event.error}},
      .kind = Page::kGone,
      .subject = NamesOf(event.subject),
      .text = fmt::format("{} targets outside the selection are dropped", event.targets)};
}

Telling TellOfDoubt(const Event& event) {
  return {.level = LogLevel::kWarn,
          .message =
              "ECS contradicts what it reported before; known targets are kept for two "
              "minutes",
          .fields = {{"cluster", event.subject}, {"tasks", event.targets}, {"error", event.error}},
          .kind = Page::kHeldBack,
          .subject = ClusterOf(event),
          .text = fmt::format("targets of {} tasks are kept for two minutes: {}", event.targets,
                              event.error)};
}

Telling TellOfInstance(const Event& event) {
  Telling telling{.level = LogLevel::kWarn,
                  .message = {},
                  .fields = {{"instance", event.subject}},
                  .kind = Page::kStale,
                  .subject = "instance " + event.subject,
                  .text = {}};
  if (event.kind == kInstanceUnknown) {
    telling.message =
        "EC2 does not know this instance, and ECS reports its agent as disconnected; its "
        "targets are kept until this has been so for five minutes";
    telling.text =
        "EC2 does not know it, and its agent is disconnected; its targets are kept until "
        "this has been so for five minutes";
  } else if (event.kind == kInstanceGone) {
    telling.message = "the instance has ended; the targets of its tasks are dropped";
    telling.kind = Page::kGone;
    telling.text = "has ended; the targets of its tasks are dropped";
  } else {
    telling.level = LogLevel::kInfo;
    telling.message = "EC2 knows the instance again";
    telling.kind = Page::kRecovered;
    telling.text = "is known to EC2 again";
  }
  return telling;
}

Telling TellOfAddress(const Event& event) {
  if (event.kind == kAddressDoubtful) {
    return {.level = LogLevel::kWarn,
            .message = "an address may not lead to its machine",
            .fields = {{"instances", event.subject}, {"error", event.error}},
            .kind = Page::kDoubtful,
            .subject = "address",
            .text = event.error};
  }
  return {.level = LogLevel::kInfo,
          .message = "the address is not doubtful any more",
          .fields = {{"instances", event.subject}},
          .kind = Page::kRecovered,
          .subject = "address",
          .text = "of " + event.subject + " is clear"};
}

}  // namespace

Telling Tell(const Event& event, const EventContext& context) {
  switch (event.kind) {
    case kClusterStale:
    case kClusterRecovered:
    case kClusterGone:
      return TellOfCluster(event);
    case kClustersPostponed:
      return TellOfPostponed(event, context);
    case kLossHeld:
      return TellOfHeldLoss(event, context);
    case kLossAccepted:
    case kLossSmall:
      return TellOfLoss(event);
    case kTasksDoubted:
      return TellOfDoubt(event);
    case kInstanceUnknown:
    case kInstanceGone:
    case kInstanceKnown:
      return TellOfInstance(event);
    case kAddressDoubtful:
    case kAddressClear:
      break;
  }
  return TellOfAddress(event);
}

std::string NamesOf(std::string_view arns) {
  std::string names;
  for (std::size_t at = 0; at < arns.size();) {
    const auto end = std::min(arns.find(' ', at), arns.size());
    names += (names.empty() ? "clusters " : ", ") + core::ShortName(arns.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace ecsd::app
