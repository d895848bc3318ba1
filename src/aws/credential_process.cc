#include "aws/credential_process.h"

#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credential_documents.h"
#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/run_program.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::aws {

ProcessSource::ProcessSource(CredentialProcess process, const Environment& environment,
                             const support::Clock& clock)
    : process_(std::move(process)), environment_(environment.Entries()), clock_(clock) {}

support::Result<Credentials> ProcessSource::Fetch(const Deadline& deadline) {
  constexpr std::chrono::minutes kLongestRun{1};
  constexpr std::size_t kMostOutput = std::size_t{64} * 1024;
  const auto source = fmt::format("credential_process of profile {}", process_.profile);
  const auto output = RunProgram({.words = process_.words,
                                  .environment = environment_,
                                  .time = kLongestRun,
                                  .most_output = kMostOutput},
                                 clock_, deadline);
  if (!output) return tl::unexpected(support::Annotate(source, output.error()));
  auto credentials = DecodeProcessCredentials(*output);
  if (!credentials)
    return tl::unexpected(support::Annotate(source, std::move(credentials).error()));
  if (credentials->expires && *credentials->expires <= clock_.Now()) {
    return support::Fail(support::ErrorKind::kCredentials,
                         fmt::format("{}: what it printed has expired already", source));
  }
  credentials->source = source;
  credentials->costly = true;
  return credentials;
}

}  // namespace ecsd::aws
