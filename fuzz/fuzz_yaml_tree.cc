// YAML as a tree: what is read has each key once and a place in the text for everything, and no
// value of the text is repeated in a message.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "fuzz/properties.h"
#include "yaml/events.h"
#include "yaml/tree.h"

namespace ecsd::fuzz {
namespace {

constexpr yaml::TreeLimits kLimits{.levels = 8, .bytes = 8192, .nodes = 500};

void CheckPlace(const yaml::Position& at, std::string_view text) {
  Require(at.line >= 1 && at.column >= 1, "a place counts from 1");
  Require(at.line <= text.size() + 1 && at.column <= text.size() + 1, "a place is in the text");
}

// Returns how many nodes there are.
std::size_t CheckNode(const yaml::Node& node, std::string_view text, std::size_t depth) {
  Require(depth <= kLimits.levels, "no more levels than allowed");
  CheckPlace(node.at, text);
  std::size_t count = 1;
  std::set<std::string_view> keys;
  for (const auto& member : node.members) {
    CheckPlace(member.at, text);
    Require(keys.insert(member.key).second, "a key is there once");
    count += CheckNode(member.value, text, depth + 1);
  }
  for (const auto& item : node.items) count += CheckNode(item, text, depth + 1);
  return count;
}

void CheckTree(std::string_view text) {
  const auto tree = yaml::Parse(text, kLimits);
  const auto again = yaml::Parse(text, kLimits);
  Require(tree.has_value() == again.has_value() && (tree || tree.error() == again.error()),
          "reading is repeatable");
  if (!tree) {
    const auto& problem = tree.error();
    CheckPlace(problem.at, text);
    Require(!problem.text.empty() && problem.text.find('\n') == std::string::npos,
            "a problem is one line");
    return;
  }
  // An empty document has no place.
  if (tree->at == yaml::Position{}) return;
  Require(CheckNode(*tree, text, 0) <= kLimits.nodes, "no more nodes than allowed");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckTree({reinterpret_cast<const char*>(data), size});
  return 0;
}
