#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/explain.h"

namespace ecsd::app {

// Whether `explanation` is about something called `name`: its cluster, service, task id, family
// (with or without the revision) or container.
[[nodiscard]] bool IsAbout(const core::Explanation& explanation, const std::string& name);

// The explanations as a table for people: a row for each container, and below it the reason, the
// facts that decide and what to change. Bytes that could forge a row or a terminal command are
// shown as spaces.
[[nodiscard]] std::string RenderTable(std::span<const core::Explanation> explanations);

// The explanations as a JSON array of objects, for scripts.
[[nodiscard]] std::string RenderExplanationsJson(std::span<const core::Explanation> explanations);

}  // namespace ecsd::app
