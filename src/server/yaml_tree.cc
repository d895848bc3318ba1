#include "server/yaml_tree.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "support/result.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr int kDeepest = 16;
constexpr std::size_t kLongestKeyShown = 60;

tl::unexpected<support::Error> FailAt(std::size_t line, std::string_view why) {
  return Fail(ErrorKind::kConfig, fmt::format("line {}: {}", line, why));
}

// One event of the parser, freed with this object.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  [[nodiscard]] yaml_event_t* get() { return &event_; }
  [[nodiscard]] yaml_event_type_t type() const { return event_.type; }
  [[nodiscard]] std::size_t line() const { return event_.start_mark.line + 1; }
  // NOLINTBEGIN(cppcoreguidelines-pro-type-union-access): libyaml tells by type what there is
  // Of the beginning of a mapping or a sequence.
  [[nodiscard]] bool HasAnchor() const {
    const auto& data = event_.data;
    return (type() == YAML_MAPPING_START_EVENT ? data.mapping_start.anchor
                                               : data.sequence_start.anchor) != nullptr;
  }
  // Of a scalar.
  [[nodiscard]] const auto& scalar() const { return event_.data.scalar; }
  // NOLINTEND(cppcoreguidelines-pro-type-union-access)

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }

  Result<YamlNode> Document() {
    if (auto started = Expect(YAML_STREAM_START_EVENT); !started) {
      return tl::unexpected(std::move(started).error());
    }
    Event first;
    if (auto read = Next(first); !read) return tl::unexpected(std::move(read).error());
    if (first.type() == YAML_STREAM_END_EVENT) return YamlNode{};
    auto root = Node(0);
    if (!root) return root;
    if (auto ended = Expect(YAML_DOCUMENT_END_EVENT); !ended) {
      return tl::unexpected(std::move(ended).error());
    }
    if (auto ended = Expect(YAML_STREAM_END_EVENT); !ended) {
      return tl::unexpected(std::move(ended).error());
    }
    return root;
  }

 private:
  Result<void> Next(Event& event) {
    if (yaml_parser_parse(&parser_, event.get()) != 0) return {};
    return FailAt(parser_.problem_mark.line + 1,
                  fmt::format("is no YAML: {}",
                              parser_.problem == nullptr ? "not readable" : parser_.problem));
  }

  Result<void> Expect(yaml_event_type_t type) {
    Event event;
    if (auto read = Next(event); !read) return read;
    if (event.type() != type) return FailAt(event.line(), "more than one document");
    return {};
  }

  // The next node, which `depth` others are around.
  Result<YamlNode> Node(int depth) {
    Event event;
    if (auto read = Next(event); !read) return tl::unexpected(std::move(read).error());
    return NodeOf(event, depth);
  }

  Result<YamlNode> NodeOf(const Event& event, int depth) {
    if (depth > kDeepest) return FailAt(event.line(), "is nested too deeply");
    switch (event.type()) {
      case YAML_SCALAR_EVENT:
        return Scalar(event);
      case YAML_MAPPING_START_EVENT:
        if (event.HasAnchor()) break;
        return Mapping(event.line(), depth);
      case YAML_SEQUENCE_START_EVENT:
        if (event.HasAnchor()) break;
        return Sequence(event.line(), depth);
      case YAML_ALIAS_EVENT:
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        break;
    }
    return FailAt(event.line(), "anchors and aliases are not supported; write the value out");
  }

  static Result<YamlNode> Scalar(const Event& event) {
    const auto& scalar = event.scalar();
    if (scalar.anchor != nullptr || scalar.tag != nullptr) {
      return FailAt(event.line(), "anchors and tags are not supported; write the value out");
    }
    YamlNode node{.kind = YamlNode::Kind::kScalar,
                  .text = std::string(reinterpret_cast<const char*>(scalar.value), scalar.length),
                  .quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE,
                  .line = event.line()};
    const bool null = node.text.empty() || node.text == "~" || node.text == "null";
    if (!node.quoted && null) node.kind = YamlNode::Kind::kNull;
    return node;
  }

  Result<YamlNode> Mapping(std::size_t line, int depth) {
    YamlNode mapping{.kind = YamlNode::Kind::kMapping, .line = line};
    for (;;) {
      Event event;
      if (auto read = Next(event); !read) return tl::unexpected(std::move(read).error());
      if (event.type() == YAML_MAPPING_END_EVENT) return mapping;
      if (event.type() != YAML_SCALAR_EVENT) return FailAt(event.line(), "a key must be text");
      auto key = Scalar(event);
      if (!key) return key;
      const auto same = [&key](const auto& member) { return member.key == key->text; };
      if (std::ranges::any_of(mapping.members, same)) {
        return FailAt(event.line(), fmt::format("key \"{}\" is there twice",
                                                support::OneLine(key->text, kLongestKeyShown)));
      }
      auto value = Node(depth + 1);
      if (!value) return value;
      mapping.members.push_back({.key = std::move(key->text), .value = *std::move(value)});
    }
  }

  Result<YamlNode> Sequence(std::size_t line, int depth) {
    YamlNode sequence{.kind = YamlNode::Kind::kSequence, .line = line};
    for (;;) {
      Event event;
      if (auto read = Next(event); !read) return tl::unexpected(std::move(read).error());
      if (event.type() == YAML_SEQUENCE_END_EVENT) return sequence;
      auto item = NodeOf(event, depth + 1);
      if (!item) return item;
      sequence.items.push_back(*std::move(item));
    }
  }

  yaml_parser_t parser_{};
};

}  // namespace

Result<YamlNode> ParseYaml(std::string_view text) {
  return Parser(text).Document();
}

}  // namespace ecsd::server
