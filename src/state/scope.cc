#include "state/scope.h"

#include <string>

#include "core/selection.h"
#include "state/packing.h"

namespace ecsd::state {

std::string ScopeOf(const core::Selection& selection, const std::string& cluster) {
  // Every member is named, so that a new one is not forgotten.
  const auto& [port, path, scheme, server_name, job_name, filter, dynamic] = selection;
  Packer packer;
  packer(cluster);
  for (const auto* label : {&port, &path, &scheme, &server_name, &job_name}) packer(*label);
  packer(filter.has_value());
  if (filter) {
    packer(filter->name);
    packer(filter->value);
  }
  packer(dynamic);
  return packer.Take();
}

}  // namespace ecsd::state
