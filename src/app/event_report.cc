#include "app/event_report.h"

#include <fmt/core.h>

#include "discovery/source.h"
#include "telemetry/log.h"

namespace ecsd::app {

using discovery::EventKind;

// NOLINTNEXTLINE(readability-function-size): one case for each kind of event
void ReportEvent(const discovery::Event& event, const EventContext& run,
                 const telemetry::Log& log) {
  switch (event.kind) {
    case EventKind::kClusterStale:
      log.Warn("cluster could not be read completely; its last known targets are kept",
               {{"cluster", event.subject}, {"error", event.error}});
      break;
    case EventKind::kClustersPostponed:
      log.Warn(
          "the deadline of the refresh came before some clusters were read; they come first in "
          "the next; see --refresh-timeout and --aws.rate-share",
          {{"clusters_postponed", event.clusters}, {"clusters", run.clusters}});
      break;
    case EventKind::kClusterRecovered:
      log.Info("cluster is read again", {{"cluster", event.subject}});
      break;
    case EventKind::kClusterGone:
      log.Info("cluster was deleted; its targets are dropped", {{"cluster", event.subject}});
      break;
    case EventKind::kLossHeld:
      log.Warn(
          run.ends_early
              ? "targets of clusters outside the selection are kept, for this run ends before "
                "two "
                "more complete refreshes can agree; give -guard.max-drop-percent=100 or delete "
                "the file to drop them now, or --state.path to count the refreshes of later runs"
              : "targets of clusters outside the selection are kept until two more complete "
                "refreshes agree; delete the file or give -guard.max-drop-percent=100 to drop "
                "them now",
          {{"targets", event.targets}, {"clusters", event.subject}, {"reason", event.error}});
      break;
    case EventKind::kTasksDoubted:
      log.Warn("ECS contradicts what it reported before; known targets are kept for two minutes",
               {{"cluster", event.subject}, {"tasks", event.targets}, {"error", event.error}});
      break;
    case EventKind::kLossAccepted:
    case EventKind::kLossSmall:
      log.Warn("targets of clusters outside the selection are dropped",
               {{"targets", event.targets}, {"clusters", event.subject}, {"reason", event.error}});
      break;
    case EventKind::kInstanceUnknown:
      log.Warn(
          "EC2 does not know this instance, and ECS reports its agent as disconnected; its "
          "targets are kept until this has been so for five minutes",
          {{"instance", event.subject}});
      break;
    case EventKind::kInstanceGone:
      log.Warn("the instance has ended; the targets of its tasks are dropped",
               {{"instance", event.subject}});
      break;
    case EventKind::kInstanceKnown:
      log.Info("EC2 knows the instance again", {{"instance", event.subject}});
      break;
    case EventKind::kAddressDoubtful:
      log.Warn("an address may not lead to its machine",
               {{"instances", event.subject}, {"error", event.error}});
      break;
    case EventKind::kAddressClear:
      log.Info("the address is not doubtful any more", {{"instances", event.subject}});
      break;
  }
}

}  // namespace ecsd::app
