#include "discovery/guard.h"

#include <cstddef>
#include <cstdint>

namespace ecsd::discovery {

bool Guard::IsMassLoss(std::size_t lost) const {
  constexpr std::size_t kFewTargets = 10;
  if (lost < kFewTargets || max_drop_percent_ >= 100) return false;
  return static_cast<std::int64_t>(lost) * 100 >
         static_cast<std::int64_t>(before_.value_or(0)) * max_drop_percent_;
}

void Guard::Forget() {
  before_.reset();
  refreshes_ = 0;
}

void Guard::Resume(std::size_t before, std::size_t refreshes) {
  before_ = before;
  refreshes_ = refreshes;
}

Judgement Guard::Judge(const Loss& loss) {
  if (loss.lost == 0) {
    if (loss.complete) Forget();
    return Judgement::kNothing;
  }
  // While it is held, new targets make the loss no smaller.
  if (!before_) before_ = loss.before;
  if (!loss.complete) return Judgement::kStillHeld;
  if (!IsMassLoss(loss.lost)) {
    Forget();
    return Judgement::kSmall;
  }
  ++refreshes_;
  if (refreshes_ == 1) return Judgement::kHeld;
  if (refreshes_ < kRefreshesToAgree) return Judgement::kStillHeld;
  Forget();
  return Judgement::kAccepted;
}

}  // namespace ecsd::discovery
