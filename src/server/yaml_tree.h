#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ecsd::server {

struct YamlMember;

// A small YAML document as values. Of YAML it takes what configuration files are made of: mappings
// with scalar keys, sequences and scalars; no anchors, no tags, one document.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kMapping, kSequence };

  Kind kind = Kind::kNull;
  std::string text;                 // of a scalar
  bool quoted = false;              // a quoted scalar is text, whatever it looks like
  std::size_t line = 0;             // counts from 1
  std::vector<YamlMember> members;  // of a mapping, in the file's order
  std::vector<YamlNode> items;      // of a sequence
};

struct YamlMember {
  std::string key;
  YamlNode value;
};

// Reads one document; an empty one is a kNull. kConfig, with the line, when it is no YAML, has more
// than we take, is nested deeper than 16, or names a key of a mapping twice. No value of the file
// is repeated in a message, since it may be a secret.
[[nodiscard]] support::Result<YamlNode> ParseYaml(std::string_view text);

}  // namespace ecsd::server
