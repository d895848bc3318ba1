#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace ecsd::telemetry {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t { kLogfmt, kJson };

// What a field holds. Numbers and booleans are written as such in JSON, so that whoever reads the
// log can compare them.
using Value = std::variant<std::string, std::int64_t, std::uint64_t, double, bool>;

// One `key=value` of a log line. Keys are snake_case words from our own code.
struct Field {
  std::string_view key;
  Value value;
};

// Structured log on standard error, one event per line, in the form that Prometheus' own programs
// use:
//   ts=2026-01-02T03:04:05.678Z level=info msg="..." key=value ...
// or the same as one JSON object. Any thread may call; lines are written whole. Values are escaped,
// so nothing from outside can forge a line.
class Log {
 public:
  Log(LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Debug(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Warn(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Write(LogLevel level, std::string_view message, std::span<const Field> fields) const;
  // Shows `text` below the last line of the log until the next call, for a person at a terminal:
  // lines are written above it, and an empty text removes it. `text` is shorter than a line of the
  // terminal. Any thread may call.
  void ShowStatus(std::string_view text) const;
  [[nodiscard]] bool enabled(LogLevel level) const { return level >= level_; }

 private:
  LogLevel level_;
  LogFormat format_;
  struct Sink;  // the one spdlog type, kept out of this header
  std::unique_ptr<Sink> sink_;
};

}  // namespace ecsd::telemetry
