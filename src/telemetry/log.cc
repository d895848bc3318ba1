#include "telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/line_writer.h"
#include "telemetry/log_format.h"

namespace ecsd::telemetry {
namespace {

// To the left end of the line, and what is right of it away (ECMA-48: CR, EL).
const std::string kEraseLine = "\r\x1b[K";

// spdlog's own sink for standard error would be killed by SIGPIPE and lose the end of a line on
// EAGAIN.
class StandardErrorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  StandardErrorSink()
      : base_sink(std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc,
                                                              "\n")) {}

  void ShowStatus(std::string_view text) {
    const std::lock_guard lock(mutex_);
    writer_.Write((status_.empty() ? "" : kEraseLine) + std::string(text));
    status_ = text;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const std::string_view text(line.data(), line.size());
    if (status_.empty()) {
      writer_.Write(text);
    } else {
      writer_.Write(kEraseLine + std::string(text) + status_);
    }
  }
  void flush_() override {}

 private:
  LineWriter writer_{STDERR_FILENO};
  std::string status_;  // guarded by mutex_ of base_sink
};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

struct Log::Sink {
  Sink() : Sink(std::make_shared<StandardErrorSink>()) {}
  template <typename T>
  explicit Sink(const std::shared_ptr<T>& sink)
      : logger("ecsd", sink),
        show_status([sink](std::string_view text) { sink->ShowStatus(text); }) {
    logger.set_level(spdlog::level::trace);  // Log has done the choosing
    logger.set_error_handler([](const std::string& /*what*/) {});
  }

  spdlog::logger logger;
  std::function<void(std::string_view)> show_status;
};

Log::Log(LogLevel level, LogFormat format)
    : level_(level), format_(format), sink_(std::make_unique<Sink>()) {}

Log::~Log() = default;

void Log::Debug(std::string_view message, std::initializer_list<Field> fields) const {
  Write(LogLevel::kDebug, message, {fields.begin(), fields.size()});
}

void Log::Info(std::string_view message, std::initializer_list<Field> fields) const {
  Write(LogLevel::kInfo, message, {fields.begin(), fields.size()});
}

void Log::Warn(std::string_view message, std::initializer_list<Field> fields) const {
  Write(LogLevel::kWarn, message, {fields.begin(), fields.size()});
}

void Log::Error(std::string_view message, std::initializer_list<Field> fields) const {
  Write(LogLevel::kError, message, {fields.begin(), fields.size()});
}

void Log::ShowStatus(std::string_view text) const {
  sink_->show_status(text);
}

void Log::Write(LogLevel level, std::string_view message, std::span<const Field> fields) const {
  if (!enabled(level)) return;
  const std::string line =
      RenderLine(std::chrono::system_clock::now(), level, format_, message, fields);
  sink_->logger.log(SpdlogLevel(level), spdlog::string_view_t(line));
}

}  // namespace ecsd::telemetry
