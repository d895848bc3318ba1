#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::aws {

// A program to run, without a shell. The first word names it, and is looked for in PATH when it has
// no slash.
struct Program {
  std::vector<std::string> words;        // at least one
  std::vector<std::string> environment;  // "NAME=value"
  std::chrono::milliseconds time;        // how long it may run
  std::size_t most_output;               // bytes
};

// Runs it and returns what it wrote to its standard output. Its standard input is empty, and its
// standard error is thrown away, for it may hold secrets. It runs in a session of its own without a
// terminal, and what is left of that session when it has ended, takes too long, writes too much or
// is ended by `deadline` is killed (aws/process_session.h). When it has ended, its output ends half
// a second later at the latest, whoever holds it open. Any thread may call. kCredentials,
// naming the program, when it cannot be started or does not end well; kTimeout, kCancelled.
[[nodiscard]] support::Result<std::string> RunProgram(const Program& program,
                                                      const support::Clock& clock,
                                                      const Deadline& deadline);

}  // namespace ecsd::aws
