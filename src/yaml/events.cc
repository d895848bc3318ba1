#include "yaml/events.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace ecsd::yaml {
namespace {

using Kind = Event::Kind;

// libyaml looks at all bytes that it was given before it tells of the first. In small pieces, what
// stands before bytes that it refuses is not lost with them.
constexpr std::size_t kParserPiece = 512;

struct DeleteEvent {
  void operator()(yaml_event_t* event) const { yaml_event_delete(event); }
};

Position PositionOf(const yaml_mark_t& mark) {
  return {.line = mark.line + 1, .column = mark.column + 1};
}

// NOLINTBEGIN(cppcoreguidelines-pro-type-union-access): libyaml tells by type what there is
Event Mapping(const yaml_event_t& event) {
  const auto& start = event.data.mapping_start;
  return {.kind = Kind::kMapping,
          .at = PositionOf(event.start_mark),
          .anchored = start.anchor != nullptr,
          .tagged = start.tag != nullptr};
}

Event Sequence(const yaml_event_t& event) {
  const auto& start = event.data.sequence_start;
  return {.kind = Kind::kSequence,
          .at = PositionOf(event.start_mark),
          .flow = start.style == YAML_FLOW_SEQUENCE_STYLE,
          .anchored = start.anchor != nullptr,
          .tagged = start.tag != nullptr};
}

Event Scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  return {.kind = Kind::kScalar,
          .text = {reinterpret_cast<const char*>(scalar.value), scalar.length},
          .at = PositionOf(event.start_mark),
          .quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE,
          .anchored = scalar.anchor != nullptr,
          .tagged = scalar.tag != nullptr};
}
// NOLINTEND(cppcoreguidelines-pro-type-union-access)

}  // namespace

void Events::Close::operator()(yaml_parser_s* parser) const {
  yaml_parser_delete(parser);
  delete parser;  // NOLINT(cppcoreguidelines-owning-memory): of the unique_ptr whose deleter this
                  // is
}

Events::Events(Read read) : Events(std::move(read), Limits{}) {}

Events::Events(Read read, Limits limits) : read_(std::move(read)), limits_(limits) {
  auto parser = std::make_unique<yaml_parser_t>();
  if (yaml_parser_initialize(parser.get()) == 0) throw std::bad_alloc();
  parser_.reset(parser.release());
  yaml_parser_set_input(parser_.get(), &Events::Feed, this);
}

Events::~Events() = default;

int Events::Feed(void* self, unsigned char* room, std::size_t size, std::size_t* length) {
  auto& events = *static_cast<Events*>(self);
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

Event Events::Broken(Event::Cause cause, Position at, const std::string& why) {
  last_ = {.kind = Kind::kBroken, .text = why, .at = at, .cause = cause};
  return *last_;
}

Event Events::BrokenParser() {
  const auto here = PositionOf(parser_->mark);
  if (read_error_) return Broken(Event::Cause::kSource, here, read_error_->message);
  if (!refusal_.empty()) return Broken(Event::Cause::kLimit, here, refusal_);
  // Bytes that are no text have no mark of their own; they lie ahead of where the parser is.
  const bool marked = parser_->error == YAML_SCANNER_ERROR || parser_->error == YAML_PARSER_ERROR;
  return Broken(Event::Cause::kSyntax, marked ? PositionOf(parser_->problem_mark) : here,
                parser_->problem == nullptr ? "cannot be read" : parser_->problem);
}

Event Events::Next() {
  if (last_) return *last_;
  auto event = Parse();
  read_at_event_ = read_bytes_;
  if (event.kind == Kind::kSequence || event.kind == Kind::kMapping) ++depth_;
  if (event.kind == Kind::kClose) --depth_;
  if (depth_ > limits_.levels) {
    return Broken(Event::Cause::kLimit, event.at,
                  fmt::format("more than {} levels", limits_.levels));
  }
  if (event.kind == Kind::kEnd) last_ = event;
  return event;
}

Event Events::Parse() {
  while (true) {
    yaml_event_t event;
    if (yaml_parser_parse(parser_.get(), &event) == 0) return BrokenParser();
    const std::unique_ptr<yaml_event_t, DeleteEvent> owner(&event);
    const auto at = PositionOf(event.start_mark);
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        return Scalar(event);
      case YAML_ALIAS_EVENT:
        return {.kind = Kind::kAlias, .at = at};
      case YAML_SEQUENCE_START_EVENT:
        return Sequence(event);
      case YAML_MAPPING_START_EVENT:
        return Mapping(event);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return {.kind = Kind::kClose, .at = at};
      case YAML_DOCUMENT_START_EVENT:
        if (!std::exchange(in_document_, true)) break;
        return Broken(Event::Cause::kDocuments, at, "a second document begins");
      case YAML_STREAM_END_EVENT:
        return {.kind = Kind::kEnd, .at = at};
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        break;
    }
  }
}

void Events::Skip(const Event& first) {
  auto kind = first.kind;
  for (std::size_t open = 0;;) {
    if (kind == Kind::kSequence || kind == Kind::kMapping) ++open;
    if (kind == Kind::kClose) --open;
    if (open == 0 || over()) return;
    kind = Next().kind;
  }
}

}  // namespace ecsd::yaml
