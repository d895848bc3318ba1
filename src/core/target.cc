#include "core/target.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>

namespace ecsd::core {
namespace {

auto PlaceOf(const Target& target) {
  return std::tuple(target.labels.Get(kTaskArnLabel), target.labels.Get(kContainerNameLabel),
                    target.labels.Get(kContainerArnLabel), std::string_view(target.address));
}

}  // namespace

bool FileOrder(const Target& left, const Target& right) {
  return PlaceOf(left) < PlaceOf(right);
}

std::size_t HashOf(const Target& target) {
  constexpr std::size_t kPrime = 0x100000001b3;  // of FNV-1a
  return (std::hash<std::string>()(target.address) * kPrime) ^ target.labels.Hash();
}

}  // namespace ecsd::core
