#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/target.h"
#include "support/pieces.h"

namespace ecsd::core {

// The bytes of a Prometheus file_sd file: one group per target, in the order given, with its
// labels in their order. Equal targets give equal bytes. Bytes of a value that are not UTF-8 become
// U+FFFD, one for each maximal part of a sequence, as browsers and Python do it.

// Block-style YAML laid out as the Go program's: `- targets:` with one address, then `labels:`.
// Every value is on one line of its own and quoted only if it must be (core/yaml_scalar.h). No
// target at all is `[]` and a line break.
[[nodiscard]] std::string RenderYaml(std::span<const Target> targets);

// A strict JSON array (RFC 8259) with one group per line, its members `targets` and `labels`.
// Control characters, DEL and what readers of YAML would refuse or change are escaped, so that it
// is YAML as well. No target at all is `[]` and a line break.
[[nodiscard]] std::string RenderJson(std::span<const Target> targets);

enum class Layout : std::uint8_t { kYaml, kJson };

// Makes the same bytes out of targets that come one by one, and gives them away in pieces, so that
// neither need be in memory as a whole.
class Rendering {
 public:
  // A piece is given away when it is at least so many bytes; a last one can be shorter. Small
  // enough to stay in the caches of a processor, and large enough to be worth a write(2).
  static constexpr std::size_t kPiece = std::size_t{128} * 1024;

  Rendering(Layout layout, support::TakePiece take);

  // False: no more is wanted, neither targets nor the end.
  bool Add(const Target& target);

  // Gives the rest away. To be called once, after the last target. False as above.
  bool Finish();

 private:
  bool Give();

  Layout layout_;
  support::TakePiece take_;
  bool empty_ = true;   // nothing was added
  bool wanted_ = true;  // more is
  std::string piece_;
};

}  // namespace ecsd::core
