#include "sim/help_text.h"

#include <fmt/core.h>

#include <string>

#include "sim/faults.h"

namespace ecsd::sim {

std::string FaultsAndControl() {
  std::string out = fmt::format(
      "\nFaults: ACTION is an operation or *; with NAME it strikes only the "
      "calls of ECS that\nname that cluster or task definition family; KIND is one "
      "of\n  {}\n",
      FaultNames());
  out +=
      "slow and expiring (keys that live only so long) have a duration: MetadataToken:slow=2s:1.\n"
      "\nThese are lies: well-formed responses with status 200. Where a kind has no meaning for "
      "the\n"
      "operation (or a task has no version) the response is the right one.\n"
      "  other-item         the first item, or the definition, is one that was not asked for\n"
      "  other-cluster      tasks and container instances of another cluster, also in ListTasks\n"
      "  wrong-parent       containers name another task\n"
      "  conflicting-twins  the first item twice, with other content each time\n"
      "  no-status, unknown-status  of tasks, clusters, instances\n"
      "  no-containers, no-names    of tasks and definitions\n"
      "  stale, wild-version        the version before, or 2^62, with other addresses\n"
      "  less, other-values         the same version without addresses, or with others\n"
      "  no-version                 tasks without version\n"
      "  no-address, dead-state     instances without address; terminated ones (EC2)\n"
      "\nA stopped task is described as STOPPED for --stopped-lifetime (and while it is one of "
      "the\n"
      "20,000 that stopped last), then as MISSING. A task that is added again takes the version\n"
      "given; without one it gets the next, if it had one and is another than before.\n"
      "\nControl, without signature: GET /_sim/calls, GET /_sim/account, GET /_sim/keys,\n"
      "  POST /_sim/faults {\"faults\": [\"DescribeTasks:throttle:2\"]},\n"
      "  POST /_sim/stop-task {\"task\": ARN} (with \"missing\": true it is MISSING at once),\n"
      "  POST /_sim/remove-cluster {\"cluster\": NAME},\n"
      "  POST /_sim/churn {\"tasks\": N} (replaces so many tasks by new ones),\n"
      "  POST /_sim/add (an account document; a task that is there is replaced),\n"
      "  POST /_sim/token {\"kind\": KIND, \"token\": TOKEN}, POST /_sim/expire {\"key\": ID},\n"
      "  POST /_sim/reset\n";
  return out;
}

}  // namespace ecsd::sim
