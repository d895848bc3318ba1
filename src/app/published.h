#pragma once

#include <cstdint>

#include "output/file_sink.h"

namespace ecsd::app {

// What a refresh did with the targets.
enum class Published : std::uint8_t {
  kReplaced,   // the file was replaced
  kInPlace,    // the file was written in place
  kUnchanged,  // the file holds them already
  kFailed,     // the file could not be written
  kWithheld,   // too little is known yet, so that neither file nor HTTP has them
  kServed,     // there is no file; they are served over HTTP
};

// The same for what the sink did.
[[nodiscard]] Published PublishedBy(output::WriteOutcome outcome);

}  // namespace ecsd::app
