#include "output/yaml_events.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace ecsd::output {
namespace {

using Kind = YamlEvent::Kind;

// libyaml looks at all bytes that it was given before it tells of the first. In small pieces, what
// stands before bytes that it refuses is not lost with them.
constexpr std::size_t kParserPiece = 512;

struct DeleteEvent {
  void operator()(yaml_event_t* event) const { yaml_event_delete(event); }
};

// NOLINTBEGIN(cppcoreguidelines-pro-type-union-access): libyaml tells by type what there is
YamlEvent Opening(const yaml_event_t& event) {
  if (event.type == YAML_MAPPING_START_EVENT) return {.kind = Kind::kMapping, .text = {}};
  const bool flow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
  return {.kind = Kind::kSequence, .text = {}, .flow = flow};
}

YamlEvent Scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  return {.kind = Kind::kScalar,
          .text = {reinterpret_cast<const char*>(scalar.value), scalar.length}};
}
// NOLINTEND(cppcoreguidelines-pro-type-union-access)

}  // namespace

void YamlEvents::Close::operator()(yaml_parser_s* parser) const {
  yaml_parser_delete(parser);
  delete parser;  // NOLINT(cppcoreguidelines-owning-memory): of the unique_ptr whose deleter this
                  // is
}

YamlEvents::YamlEvents(Read read) : YamlEvents(std::move(read), Limits{}) {}

YamlEvents::YamlEvents(Read read, Limits limits) : read_(std::move(read)), limits_(limits) {
  auto parser = std::make_unique<yaml_parser_t>();
  if (yaml_parser_initialize(parser.get()) == 0) throw std::bad_alloc();
  parser_.reset(parser.release());
  yaml_parser_set_input(parser_.get(), &YamlEvents::Feed, this);
}

YamlEvents::~YamlEvents() = default;

int YamlEvents::Feed(void* self, unsigned char* room, std::size_t size, std::size_t* length) {
  auto& events = *static_cast<YamlEvents*>(self);
  *length = 0;
  if (events.read_bytes_ - events.read_at_event_ > events.limits_.value) {
    events.refusal_ = fmt::format("more than {} bytes without an end", events.limits_.value);
    return 0;
  }
  if (events.read_bytes_ > events.limits_.total) {
    events.refusal_ = fmt::format("there are more than {} bytes", events.limits_.total);
    return 0;
  }
  const std::span<char> bytes(reinterpret_cast<char*>(room), std::min(size, kParserPiece));
  const auto read = events.read_(bytes);
  if (!read) {
    events.read_error_ = read.error();
    return 0;
  }
  *length = *read;
  events.read_bytes_ += *read;
  if (*read > 0) events.last_byte_ = bytes[*read - 1];
  return 1;
}

YamlEvent YamlEvents::Broken(const std::string& why) {
  const auto& mark = parser_->mark;
  last_ = {.kind = Kind::kBroken, .text = fmt::format("line {}: {}", mark.line + 1, why)};
  return *last_;
}

YamlEvent YamlEvents::Next() {
  if (last_) return *last_;
  auto event = Parse();
  read_at_event_ = read_bytes_;
  if (event.kind == Kind::kSequence || event.kind == Kind::kMapping) ++depth_;
  if (event.kind == Kind::kClose) --depth_;
  if (depth_ > limits_.levels) return Broken(fmt::format("more than {} levels", limits_.levels));
  if (event.kind == Kind::kEnd) last_ = event;
  return event;
}

YamlEvent YamlEvents::Parse() {
  while (true) {
    yaml_event_t event;
    if (yaml_parser_parse(parser_.get(), &event) == 0) {
      if (read_error_) return Broken(read_error_->message);
      if (!refusal_.empty()) return Broken(refusal_);
      return Broken(parser_->problem == nullptr ? "cannot be read" : parser_->problem);
    }
    const std::unique_ptr<yaml_event_t, DeleteEvent> owner(&event);
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        return Scalar(event);
      case YAML_ALIAS_EVENT:
        return {.kind = Kind::kAlias, .text = {}};
      case YAML_SEQUENCE_START_EVENT:
      case YAML_MAPPING_START_EVENT:
        return Opening(event);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return {.kind = Kind::kClose, .text = {}};
      case YAML_DOCUMENT_START_EVENT:
        if (std::exchange(in_document_, true)) return Broken("a second document begins");
        break;
      case YAML_STREAM_END_EVENT:
        return {.kind = Kind::kEnd, .text = {}};
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        break;
    }
  }
}

void YamlEvents::Skip(const YamlEvent& first) {
  auto kind = first.kind;
  for (std::size_t open = 0;;) {
    if (kind == Kind::kSequence || kind == Kind::kMapping) ++open;
    if (kind == Kind::kClose) --open;
    if (open == 0 || over()) return;
    kind = Next().kind;
  }
}

}  // namespace ecsd::output
