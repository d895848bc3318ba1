#pragma once

#include <string_view>

#include "core/render.h"
#include "discovery/fleet_snapshot.h"
#include "support/pieces.h"

namespace ecsd::app {

// The targets of `fleet`, rendered anew in every pass. `fleet` must outlive it, and must not change
// between the passes that are to be the same.
[[nodiscard]] support::Pieces RenderedTargets(const discovery::FleetSnapshot& fleet,
                                              core::Layout layout);

// The same for the output file at `path`, whose name tells the layout.
[[nodiscard]] support::Pieces FileContents(const discovery::FleetSnapshot& fleet,
                                           std::string_view path);

}  // namespace ecsd::app
