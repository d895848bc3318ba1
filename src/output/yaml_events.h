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

namespace ecsd::output {

// One step through a document of YAML or JSON.
struct YamlEvent {
  enum class Kind : std::uint8_t {
    kScalar,    // `text` is its value, whatever its style
    kAlias,     // what it stands for is not said
    kSequence,  // begins
    kMapping,   // begins
    kClose,     // the last sequence or mapping that began ends
    kEnd,       // of the document, and of all there is
    kBroken,    // it goes on in no way that can be read; `text` says where and why
  };
  Kind kind = Kind::kEnd;
  std::string text;
  bool flow = false;  // of a sequence: it is in brackets, as in JSON
};

// Reads one document event by event with libyaml, holding no more of it in memory than one value.
// Nothing is expanded (anchors, tags, merge keys), so nothing can grow. After kEnd and kBroken the
// same event comes again. Stops with kBroken at a second document and beyond any of `Limits`.
class YamlEvents {
 public:
  // Puts the next bytes into `room` and returns how many; 0 at the end.
  using Read = std::function<support::Result<std::size_t>(std::span<char> room)>;

  struct Limits {
    std::size_t levels = 16;
    std::size_t value = std::size_t{1} << 20U;  // bytes between two events
    std::size_t total = std::size_t{1} << 28U;  // bytes
  };

  explicit YamlEvents(Read read);
  YamlEvents(Read read, Limits limits);
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;
  ~YamlEvents();

  [[nodiscard]] YamlEvent Next();

  // Passes over the rest of the node that began with `first`.
  void Skip(const YamlEvent& first);

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
  YamlEvent Parse();
  YamlEvent Broken(const std::string& why);

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
  std::optional<YamlEvent> last_;  // kEnd or kBroken, once it came
};

}  // namespace ecsd::output
