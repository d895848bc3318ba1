#include "app/report.h"

#include <span>
#include <string>

#include "app/json_member.h"
#include "core/explain.h"
#include "core/prometheus_check.h"
#include "core/reason.h"

namespace ecsd::app {
namespace {

using core::Explanation;

void AppendObject(const Explanation& explanation, std::string& json) {
  json += '{';
  AppendMember("cluster", explanation.cluster, json);
  AppendMember("service", explanation.service, json);
  AppendMember("family", explanation.family, json);
  AppendMember("task", explanation.task, json);
  AppendMember("container", explanation.container, json);
  if (explanation.outcome) {
    AppendMember("target", explanation.outcome->address, json);
    if (const auto refused = RefusalOf(explanation); !refused.empty()) {
      AppendMember("refused", refused, json);
      AppendMember("change", explanation.change, json);
    }
  } else {
    AppendMember("reason", core::ReasonName(explanation.outcome.error().reason), json);
    AppendMember("detail", explanation.outcome.error().detail, json);
    AppendMember("change", explanation.change, json);
  }
  AppendMember("network_mode", explanation.mode, json);
  AppendMember("label", explanation.label, json);
  AppendMember("bindings", explanation.bindings, json);
  AppendMember("port_mappings", explanation.mappings, json);
  AppendMember("address", explanation.address, json);
  if (!explanation.warning.empty()) AppendMember("warning", explanation.warning, json);
  json += '}';
}

}  // namespace

bool IsAbout(const Explanation& explanation, const std::string& name) {
  const auto wanted = core::ShortName(name);  // an ARN is as good as a name
  const auto& family = explanation.family;
  return wanted == explanation.cluster || wanted == explanation.service ||
         wanted == explanation.task || wanted == explanation.container || wanted == family ||
         wanted == family.substr(0, family.rfind(':'));
}

std::string RefusalOf(const Explanation& explanation) {
  if (!explanation.outcome) return {};
  const auto refusal = core::WhyPrometheusRefuses(*explanation.outcome);
  return refusal ? refusal->why : std::string();
}

std::string RenderExplanationsJson(std::span<const Explanation> explanations) {
  std::string json = "[";
  for (const auto& explanation : explanations) {
    json += json.size() > 1 ? ",\n " : "\n ";
    AppendObject(explanation, json);
  }
  return json + "\n]\n";
}

}  // namespace ecsd::app
