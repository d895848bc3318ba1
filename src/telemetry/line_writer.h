#pragma once

#include <cstddef>
#include <string_view>

namespace ecsd::telemetry {

// Writes lines to a descriptor that may be full, closed or gone, and lets none of that hurt the
// program: no exception, no SIGPIPE (whatever the process has set for it), no endless wait, whether
// the descriptor is in blocking mode or not. When a reader has taken nothing for 0.4 s, no further
// line waits until one can be written. What cannot be written is lost; the line after a lost end
// starts on a new line. One thread at a time.
class LineWriter {
 public:
  // `descriptor` stays the caller's.
  explicit LineWriter(int descriptor) : descriptor_(descriptor) {}

  // `line` ends in a line break, unless the next one is to go on where it ends. errno is as before
  // afterwards.
  void Write(std::string_view line);

 private:
  // The number of bytes of `text` that were written.
  std::size_t WriteAll(std::string_view text);

  int descriptor_;
  bool stalled_ = false;  // the last piece was not taken
  bool cut_ = false;      // the last line lacks its end
};

}  // namespace ecsd::telemetry
