#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/explain.h"

namespace ecsd::app {

// Which rows a table has.
enum class Rows : std::uint8_t {
  // One for all tasks of a family whose container has the same outcome; also for the containers
  // that
  // are not in the task definition, whatever their names: those that AWS adds have a suffix each.
  kGrouped,
  kEach,  // one for each container
};

// The explanations as a table for people: rows, and below each the reason, the facts that decide
// and what to change; of a row of several tasks those of one of them, the first. Bytes that could
// forge a row or a terminal command are shown as spaces. Empty without explanations.
[[nodiscard]] std::string RenderTable(std::span<const core::Explanation> explanations, Rows rows);

}  // namespace ecsd::app
