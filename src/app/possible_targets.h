#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/target.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Drops those of `targets`, read from the output file at `path`, whose cluster or task AWS cannot
// have: no call could ever say that they are gone. How many; `log` has a line for each such
// cluster.
[[nodiscard]] std::size_t DropImpossible(std::vector<core::Target>& targets,
                                         const std::string& path, const telemetry::Log& log);

}  // namespace ecsd::app
