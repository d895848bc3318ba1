#include "sim/stopped_task.h"

#include <chrono>
#include <string>

#include "sim/account.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

void StopContainers(Json& task) {
  if (ItemsOf(task, "containers").empty()) return;
  for (Json& container : task["containers"]) {
    if (!container.is_object()) continue;
    container["lastStatus"] = "STOPPED";
    container["exitCode"] = 0;
  }
}

void DeleteAttachments(Json& task) {
  if (ItemsOf(task, "attachments").empty()) return;
  for (Json& attachment : task["attachments"]) {
    if (attachment.is_object()) attachment["status"] = "DELETED";
  }
}

void SayWhy(StopReason reason, Json& task) {
  const bool deployment = reason == StopReason::kDeployment;
  task["stopCode"] = deployment ? "ServiceSchedulerInitiated" : "UserInitiated";
  task["stoppedReason"] = deployment
                              ? "Scaling activity initiated by (" + TextOf(task, "startedBy") + ")"
                              : "Task stopped by user";
}

}  // namespace

std::string DescribeStopped(const Task& task, const std::string& json) {
  Json out = ParseJson(json).value_or(Json::object());
  const std::chrono::duration<double> at = task.stopped_at.time_since_epoch();
  for (const char* member : {"stoppingAt", "executionStoppedAt", "stoppedAt"}) {
    out[member] = at.count();
  }
  for (const char* member : {"desiredStatus", "lastStatus"}) out[member] = "STOPPED";
  if (task.version) out["version"] = *task.version + 1;
  StopContainers(out);
  DeleteAttachments(out);
  SayWhy(task.reason, out);
  return Dump(out);
}

}  // namespace ecsd::sim
