#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ecsd::discovery {

// A loss of targets that nobody can confirm, as one refresh sees it.
struct Loss {
  std::size_t lost = 0;    // targets that would go
  std::size_t before = 0;  // targets that there were before this refresh
  bool complete = false;   // the refresh read everything: only such a one can agree
};

enum class Judgement : std::uint8_t {
  kNothing,  // there is no loss
  kHeld,     // held back, for the first time: say so
  kStillHeld,
  kAccepted,  // held back before, and now agreed upon: drop, and say so
  kSmall,     // drop, and say so
};

// Holds back the loss of most targets where nothing can confirm it (another region or cluster was
// chosen, or by mistake) until two more complete refreshes agree.
class Guard {
 public:
  // Complete ones that see the same loss before it is believed.
  static constexpr std::size_t kRefreshesToAgree = 3;

  // Losses of at least ten targets and of more than `max_drop_percent` of those before are held
  // back; 100 or more: none.
  explicit Guard(std::int64_t max_drop_percent) : max_drop_percent_(max_drop_percent) {}

  [[nodiscard]] Judgement Judge(const Loss& loss);

  // Goes on where an earlier process stopped, which had seen the same loss in `refreshes` complete
  // refreshes.
  void Resume(std::size_t before, std::size_t refreshes);

  [[nodiscard]] bool holds() const { return refreshes_ > 0; }
  // For Resume.
  [[nodiscard]] std::size_t before() const { return before_.value_or(0); }
  [[nodiscard]] std::size_t refreshes() const { return refreshes_; }

 private:
  [[nodiscard]] bool IsMassLoss(std::size_t lost) const;
  void Forget();

  std::int64_t max_drop_percent_;
  std::optional<std::size_t> before_;  // when the loss was first seen
  std::size_t refreshes_ = 0;          // complete ones that saw the loss; 0: nothing is held
};

}  // namespace ecsd::discovery
