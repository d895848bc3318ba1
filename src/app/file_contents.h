#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/render.h"
#include "discovery/fleet_snapshot.h"
#include "support/pieces.h"

namespace ecsd::app {

// The fleets of all sources, in the order of the configuration.
using Fleets = std::vector<std::shared_ptr<const discovery::FleetSnapshot>>;

// The targets of all `fleets` in that layout, rendered anew in every pass.
[[nodiscard]] support::Pieces RenderedTargets(Fleets fleets, core::Layout layout);

// The same in the layout that the output file at `path` has.
[[nodiscard]] support::Pieces FileContents(Fleets fleets, std::string_view path);

}  // namespace ecsd::app
