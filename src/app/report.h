#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/explain.h"

namespace ecsd::app {

// Whether `explanation` is about something called `name`: its cluster, service, task id, family
// (with or without the revision) or container.
[[nodiscard]] bool IsAbout(const core::Explanation& explanation, const std::string& name);

// Why Prometheus never scrapes the target; empty: it does, or there is none.
[[nodiscard]] std::string RefusalOf(const core::Explanation& explanation);

// The explanations as a JSON array of objects, for scripts.
[[nodiscard]] std::string RenderExplanationsJson(std::span<const core::Explanation> explanations);

}  // namespace ecsd::app
