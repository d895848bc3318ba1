// overwrite-file FILE FIRST LARGEST: writes generation FIRST, FIRST + 1, ... of a file of targets
// over FILE, as the program would, until it is killed; each with another number of targets up to
// LARGEST. Every target says its generation and how many there are, so that a part can be told from
// a whole. Prints a line after the first write.

#include <fmt/core.h>

#include <charconv>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/render.h"
#include "core/target.h"
#include "output/file_sink.h"
#include "output/format.h"
#include "support/pieces.h"

namespace {

using ecsd::core::Target;

std::vector<Target> Generation(std::size_t number, std::size_t largest) {
  const std::size_t count = 1 + (number * 7919) % largest;
  std::vector<Target> targets;
  targets.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Target target;
    target.address = fmt::format("10.0.{}.{}:9102", i / 256, i % 256);
    target.labels.Set("task_arn", fmt::format("task-{}", i));
    target.labels.Set("job", fmt::format("{}", number));
    target.labels.Set("task_group", fmt::format("{}", count));
    targets.push_back(std::move(target));
  }
  return targets;
}

// As the program has them: rendered anew in every pass.
ecsd::support::Pieces Contents(std::vector<Target> targets, ecsd::core::Layout layout) {
  return [targets = std::move(targets), layout](const ecsd::support::TakePiece& take) {
    ecsd::core::Rendering rendering(layout, take);
    for (const Target& target : targets) {
      if (!rendering.Add(target)) return false;
    }
    return rendering.Finish();
  };
}

std::size_t Number(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int Run(const std::string& path, std::size_t first, std::size_t largest) {
  ecsd::output::FileSink sink(path,
                              [](const std::string& message) { fmt::print("{}\n", message); });
  const bool json = ecsd::output::FormatOf(path) == ecsd::output::Format::kJson;
  const auto layout = json ? ecsd::core::Layout::kJson : ecsd::core::Layout::kYaml;
  for (std::size_t number = first;; ++number) {
    const auto done = sink.Write(Contents(Generation(number, largest), layout));
    if (!done) {
      fmt::print(stderr, "{}\n", done.error().message);
      return 1;
    }
    if (number == first) {
      fmt::print("written\n");
      static_cast<void>(std::fflush(stdout));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return Run(argv[1], Number(argv[2]), Number(argv[3]));
}
