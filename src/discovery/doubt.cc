#include "discovery/doubt.h"

#include <cstdint>
#include <memory>

#include "support/clock.h"

namespace ecsd::discovery {

std::shared_ptr<const Doubt> AfterReading(const std::shared_ptr<const Doubt>& before,
                                          DoubtKind kind, std::int64_t version,
                                          support::SteadyTime now) {
  if (!before || before->kind != kind) {
    return std::make_shared<const Doubt>(Doubt{.kind = kind, .since = now, .version = version});
  }
  if (version < before->version) return before;
  if (now - before->since >= kDoubtTime) return nullptr;
  if (version == before->version) return before;
  return std::make_shared<const Doubt>(
      Doubt{.kind = kind, .since = before->since, .version = version});
}

}  // namespace ecsd::discovery
