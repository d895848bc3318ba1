#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "output/file_sink.h"
#include "output/posix.h"

namespace ecsd::output {

// A directory of its own for one test, gone with it. Any user may enter it.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

// While it lives, a test that runs as root has the rights of `nobody`; another user keeps its own.
class AsNobody {
 public:
  AsNobody();
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody();
};

[[nodiscard]] bool IsRoot();

void Put(const std::string& path, const std::string& bytes, mode_t mode = 0644);
[[nodiscard]] std::string Get(const std::string& path);
[[nodiscard]] struct stat About(const std::string& path);

// The names in `directory`, sorted, the hidden ones too.
[[nodiscard]] std::vector<std::string> Names(const std::string& directory);

// Runs `body` in a child process and returns what it returned.
[[nodiscard]] std::string InChild(const std::function<std::string()>& body);

// The outcome of a write, or its error, in words: "replaced", "in place", "unchanged", or the
// message.
[[nodiscard]] std::string Words(const support::Result<WriteOutcome>& result);

// The system calls of a sink: recorded, and any of them made to fail.
struct Calls {
  std::vector<std::string> made;                      // "rename /a /b"
  std::function<int(const std::string& call)> fault;  // the errno for a call, or 0
};

[[nodiscard]] std::unique_ptr<Posix> Faulty(Calls& calls);

}  // namespace ecsd::output
