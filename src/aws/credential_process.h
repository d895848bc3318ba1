#pragma once

#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::aws {

// The credential_process of a profile: a program that prints credentials.
struct CredentialProcess {
  std::vector<std::string> words;  // at least one
  std::string profile;
  friend bool operator==(const CredentialProcess&, const CredentialProcess&) = default;
};

// Runs it, for a minute at most, without a shell (as botocore and the AWS CLI do), and reads what
// it prints. Nothing that it prints gets into a message.
class ProcessSource final : public CredentialSource {
 public:
  // `clock` must outlive this object.
  ProcessSource(CredentialProcess process, const Environment& environment,
                const support::Clock& clock);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const CredentialProcess process_;
  const std::vector<std::string> environment_;
  const support::Clock& clock_;
};

}  // namespace ecsd::aws
