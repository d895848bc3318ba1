#include "state/scope.h"

#include <string>

#include "core/packing.h"

namespace ecsd::state {

std::string ScopeOf(const std::string& cluster) {
  core::Packer packer;
  packer(cluster);
  return packer.Take();
}

}  // namespace ecsd::state
