#include "app/file_contents.h"

#include <string_view>

#include "core/render.h"
#include "core/target.h"
#include "discovery/fleet_snapshot.h"
#include "output/format.h"
#include "support/pieces.h"

namespace ecsd::app {

support::Pieces RenderedTargets(const discovery::FleetSnapshot& fleet, core::Layout layout) {
  return [&fleet, layout](const support::TakePiece& take) {
    core::Rendering rendering(layout, take);
    return fleet.ForEachTarget([&rendering](const core::Target& target) {
      return rendering.Add(target);
    }) && rendering.Finish();
  };
}

support::Pieces FileContents(const discovery::FleetSnapshot& fleet, std::string_view path) {
  const bool json = output::FormatOf(path) == output::Format::kJson;
  return RenderedTargets(fleet, json ? core::Layout::kJson : core::Layout::kYaml);
}

}  // namespace ecsd::app
