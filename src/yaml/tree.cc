#include "yaml/tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <utility>

#include "support/result.h"
#include "support/strings.h"
#include "yaml/events.h"

namespace ecsd::yaml {
namespace {

using Kind = Event::Kind;
using Parsed = tl::expected<Node, Problem>;

constexpr std::size_t kLongestKeyShown = 60;

tl::unexpected<Problem> FailAt(Position at, std::string why) {
  return tl::unexpected(Problem{.at = at, .text = std::move(why)});
}

tl::unexpected<Problem> FailBroken(const Event& event) {
  switch (event.cause) {
    case Event::Cause::kSyntax:
      return FailAt(event.at, "is no YAML: " + event.text);
    case Event::Cause::kDocuments:
      return FailAt(event.at, "more than one document");
    case Event::Cause::kLimit:
    case Event::Cause::kSource:
      break;
  }
  return FailAt(event.at, event.text);
}

Events::Read ReadFrom(std::string_view text) {
  return [text](std::span<char> room) mutable -> support::Result<std::size_t> {
    const auto now = text.substr(0, room.size());
    std::ranges::copy(now, room.begin());
    text.remove_prefix(now.size());
    return now.size();
  };
}

// Takes the events of a document one after the other; its functions leave off behind what they
// have read.
class Builder {
 public:
  // Depth and size are judged here, before Events would.
  Builder(std::string_view text, const TreeLimits& limits)
      : limits_(limits), events_(ReadFrom(text), {.levels = limits.levels + 2}) {}

  Parsed Document() {
    auto first = events_.Next();
    if (first.kind == Kind::kEnd) return Node{};
    auto root = NodeOf(std::move(first), 0);
    if (!root) return root;
    if (const auto last = events_.Next(); last.kind == Kind::kBroken) return FailBroken(last);
    return root;
  }

 private:
  // The node that begins with `event`, which `depth` others are around.
  Parsed NodeOf(Event event, std::size_t depth) {
    if (event.kind == Kind::kBroken) return FailBroken(event);
    if (depth > limits_.levels) return FailAt(event.at, "is nested too deeply");
    if (++nodes_ > limits_.nodes) {
      return FailAt(event.at, fmt::format("has more than {} values", limits_.nodes));
    }
    if (event.kind == Kind::kScalar) return Scalar(std::move(event));
    if (event.kind == Kind::kAlias || event.anchored) {
      return FailAt(event.at, "anchors and aliases are not supported; write the value out");
    }
    if (event.tagged) return FailTag(event);
    return event.kind == Kind::kMapping ? Mapping(event.at, depth) : Sequence(event.at, depth);
  }

  static tl::unexpected<Problem> FailTag(const Event& event) {
    return FailAt(event.at, "anchors and tags are not supported; write the value out");
  }

  static Parsed Scalar(Event event) {
    if (event.anchored || event.tagged) return FailTag(event);
    const auto& text = event.text;
    const bool null = !event.quoted && (text.empty() || text == "~" || text == "null");
    return Node{.kind = null ? Node::Kind::kNull : Node::Kind::kScalar,
                .text = std::move(event.text),
                .quoted = event.quoted,
                .at = event.at};
  }

  Parsed Mapping(Position at, std::size_t depth) {
    Node mapping{.kind = Node::Kind::kMapping, .at = at};
    std::unordered_set<std::string> keys;
    for (auto event = events_.Next(); event.kind != Kind::kClose; event = events_.Next()) {
      if (event.kind == Kind::kBroken) return FailBroken(event);
      if (event.kind != Kind::kScalar) return FailAt(event.at, "a key must be text");
      auto key = Scalar(std::move(event));
      if (!key) return key;
      if (!keys.insert(key->text).second) {
        return FailAt(key->at, fmt::format("key \"{}\" is there twice",
                                           support::OneLine(key->text, kLongestKeyShown)));
      }
      auto value = NodeOf(events_.Next(), depth + 1);
      if (!value) return value;
      mapping.members.push_back(
          {.key = std::move(key->text), .at = key->at, .value = *std::move(value)});
    }
    return mapping;
  }

  Parsed Sequence(Position at, std::size_t depth) {
    Node sequence{.kind = Node::Kind::kSequence, .at = at};
    for (auto event = events_.Next(); event.kind != Kind::kClose; event = events_.Next()) {
      auto item = NodeOf(std::move(event), depth + 1);
      if (!item) return item;
      sequence.items.push_back(*std::move(item));
    }
    return sequence;
  }

  const TreeLimits& limits_;
  Events events_;
  std::size_t nodes_ = 0;
};

}  // namespace

tl::expected<Node, Problem> Parse(std::string_view text, const TreeLimits& limits) {
  if (text.size() > limits.bytes) {
    return FailAt({.line = 1, .column = 1}, fmt::format("is larger than {} bytes", limits.bytes));
  }
  return Builder(text, limits).Document();
}

}  // namespace ecsd::yaml
