#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "support/result.h"

// Of libyaml, whose header stays in the source.
struct yaml_parser_s;  // NOLINT(readability-identifier-naming): its name

namespace ecsd::yaml {

// A place in a document. Both count from 1; a column is a character, not a byte.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// One step through a document of YAML or JSON.
struct Event {
  enum class Kind : std::uint8_t {
    kScalar,    // `text` is its value, whatever its style
    kAlias,     // what it stands for is not said
    kSequence,  // begins
    kMapping,   // begins
    kClose,     // the last sequence or mapping that began ends
    kEnd,       // of the document, and of all there is
    kBroken,    // it cannot be read on; `text` says why, `cause` for what kind of reason
  };
  enum class Cause : std::uint8_t {
    kSyntax,     // it is no YAML
    kDocuments,  // a second document begins
    kLimit,      // one of Events::Limits
    kSource,     // the bytes could not be read
  };

  Kind kind = Kind::kEnd;
  std::string text;
  Position at;                   // where it begins; of kBroken, where the trouble is
  bool flow = false;             // of a sequence: it is in brackets, as in JSON
  bool quoted = false;           // of a scalar: it is not plain, so it is text
  bool anchored = false;         // it has an anchor: "&name"
  bool tagged = false;           // it has a tag: "!!str"
  Cause cause = Cause::kSyntax;  // of kBroken
};

// Reads one document event by event with libyaml, holding no more of it in memory than one value.
// For files of any size that are read once from front to back; `yaml/tree.h` is for small ones.
// Nothing is expanded (anchors, tags, merge keys), so nothing can grow. After kEnd and kBroken the
// same event comes again. Stops with kBroken at a second document and beyond any of `Limits`.
class Events {
 public:
  // Puts the next bytes into `room` and returns how many; 0 at the end.
  using Read = std::function<support::Result<std::size_t>(std::span<char> room)>;

  struct Limits {
    std::size_t levels = 16;
    std::size_t value = std::size_t{1} << 20U;  // bytes between two events
    std::size_t total = std::size_t{1} << 28U;  // bytes
  };

  explicit Events(Read read);
  Events(Read read, Limits limits);
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events();

  [[nodiscard]] Event Next();

  // Passes over the rest of the node that began with `first`.
  void Skip(const Event& first);

  // The last byte that was read; NUL before the first.
  [[nodiscard]] char last_byte() const { return last_byte_; }
  // Whether kEnd or kBroken came.
  [[nodiscard]] bool over() const { return last_.has_value(); }
  // Why `read` failed, if it did; kBroken came then.
  [[nodiscard]] const std::optional<support::Error>& read_error() const { return read_error_; }

 private:
  struct Close {
    void operator()(yaml_parser_s* parser) const;
  };

  static int Feed(void* self, unsigned char* room, std::size_t size, std::size_t* length);
  Event Parse();
  // What ends the events from now on.
  Event Broken(Event::Cause cause, Position at, const std::string& why);
  // Why libyaml gives no event.
  Event BrokenParser();

  Read read_;
  const Limits limits_;
  std::unique_ptr<yaml_parser_s, Close> parser_;
  std::size_t read_bytes_ = 0;
  std::size_t read_at_event_ = 0;  // read_bytes_ when the last event came
  std::size_t depth_ = 0;
  bool in_document_ = false;
  char last_byte_ = '\0';
  std::string refusal_;  // why no more is read
  std::optional<support::Error> read_error_;
  std::optional<Event> last_;  // kEnd or kBroken, once it came
};

}  // namespace ecsd::yaml
