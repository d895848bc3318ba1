#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/target.h"

namespace ecsd::core {

// The bytes of a Prometheus file_sd file: one group per target, in the order given, labels in the
// order of kLabelFields. Equal targets give equal bytes. Bytes of a value that are not UTF-8 become
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

// Makes the same bytes out of targets that come one by one, so that they need not all be in memory.
class Rendering {
 public:
  // `size_hint`: about how many bytes are to come.
  explicit Rendering(Layout layout, std::size_t size_hint = 0);

  void Add(const Target& target);

  // The bytes of what was added, and no more.
  [[nodiscard]] std::string Finish() &&;

 private:
  Layout layout_;
  std::string out_;
};

}  // namespace ecsd::core
