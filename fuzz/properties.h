#pragma once

#include <string>
#include <string_view>

#include "core/records.h"
#include "core/selection.h"

namespace ecsd::fuzz {

// Ends the program, as libFuzzer wants it, with `property` on standard error when it does not hold.
void Require(bool holds, std::string_view property);

// What must hold of everything decoded, whatever the bytes were.
void CheckAddresses(const core::IpAddresses& addresses);
void CheckTask(const core::Task& task);
void CheckDefinition(const core::TaskDefinition& definition);

// A message for people is one line of a bounded length.
void CheckMessage(std::string_view message);

// Every container of `task` is a target with an address or has one reason with its detail, again
// and again, and is explained so.
void CheckOutcomes(const core::Task& task, const core::TaskDefinition& definition,
                   const core::Selection& selection);

// The ways of choosing targets that the fuzzers try: by port label, by dynamic detection, by
// filter.
[[nodiscard]] core::Selection ByPortLabel();
[[nodiscard]] core::Selection ByDynamicDetection();
[[nodiscard]] core::Selection ByFilter();

}  // namespace ecsd::fuzz
