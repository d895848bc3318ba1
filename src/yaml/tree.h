#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "yaml/events.h"

namespace ecsd::yaml {

struct Member;

// A small YAML document as values, for configuration files. Of YAML it takes what those are made
// of: mappings with scalar keys, sequences and scalars; no anchors, aliases or tags, one document.
// A merge key ("<<") is a key like any other.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kMapping, kSequence };

  Kind kind = Kind::kNull;
  std::string text;             // of a scalar
  bool quoted = false;          // a quoted scalar is text, whatever it looks like
  Position at;                  // where it begins; of a kNull that is not written, before it
  std::vector<Member> members;  // of a mapping, in the file's order; each key is there once
  std::vector<Node> items;      // of a sequence
};

struct Member {
  std::string key;
  Position at;  // of the key
  Node value;
};

// What Parse takes at the most.
struct TreeLimits {
  std::size_t levels = 16;  // mappings and sequences in one another, below the first
  std::size_t bytes = std::size_t{1} << 20U;
  std::size_t nodes = 100'000;
};

// Why a text is no Node, and where. `text` is one line that goes on after the place. It repeats no
// value of the document, since that may be a secret, and of a key at most 60 characters.
struct Problem {
  Position at;
  std::string text;
  friend bool operator==(const Problem&, const Problem&) = default;
};

// Reads one document; an empty one is a kNull. A Problem when it is no YAML, has more than Node or
// `limits` take, or names a key of a mapping twice. Pure.
[[nodiscard]] tl::expected<Node, Problem> Parse(std::string_view text,
                                                const TreeLimits& limits = {});

}  // namespace ecsd::yaml
