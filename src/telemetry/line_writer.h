#pragma once

#include <string_view>

namespace ecsd::telemetry {

// Writes lines to a descriptor that may be full, closed or gone, and lets none of that hurt the
// program: no exception, no SIGPIPE (whatever the process has set for it), no endless wait on a
// descriptor in non-blocking mode. What cannot be written is lost; the line after a lost end starts
// on a new line. One thread at a time.
class LineWriter {
 public:
  // `descriptor` stays the caller's.
  explicit LineWriter(int descriptor) : descriptor_(descriptor) {}

  // `line` ends in a line break. errno is as before afterwards.
  void Write(std::string_view line);

 private:
  int descriptor_;
  bool cut_ = false;  // the last line lacks its end
};

}  // namespace ecsd::telemetry
