#include "app/file_contents.h"

#include <string_view>
#include <utility>
#include <vector>

#include "core/render.h"
#include "core/target.h"
#include "discovery/fleet_snapshot.h"
#include "output/format.h"
#include "support/pieces.h"

namespace ecsd::app {

support::Pieces RenderedTargets(Fleets fleets, core::Layout layout) {
  return [known = std::move(fleets), layout](const support::TakePiece& take) {
    std::vector<const discovery::FleetSnapshot*> all;
    all.reserve(known.size());
    for (const auto& fleet : known) all.push_back(fleet.get());
    core::Rendering rendering(layout, take);
    return discovery::ForEachTarget(
               all, [&rendering](const core::Target& target) { return rendering.Add(target); }) &&
           rendering.Finish();
  };
}

support::Pieces FileContents(Fleets fleets, std::string_view path) {
  const bool json = output::FormatOf(path) == output::Format::kJson;
  return RenderedTargets(std::move(fleets), json ? core::Layout::kJson : core::Layout::kYaml);
}

}  // namespace ecsd::app
