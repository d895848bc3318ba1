#include "app/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "telemetry/log.h"

namespace ecsd::app {

bool Print(const std::string& text, const telemetry::Log& log) {
  const bool printed =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!printed) {
    log.Error("standard output could not be written",
              {{"error", std::generic_category().message(errno)}});
  }
  return printed;
}

}  // namespace ecsd::app
