#include "app/published.h"

#include "output/file_sink.h"

namespace ecsd::app {

Published PublishedBy(output::WriteOutcome outcome) {
  switch (outcome) {
    case output::WriteOutcome::kReplaced:
      return Published::kReplaced;
    case output::WriteOutcome::kWrittenInPlace:
      return Published::kInPlace;
    case output::WriteOutcome::kUnchanged:
      break;
  }
  return Published::kUnchanged;
}

}  // namespace ecsd::app
