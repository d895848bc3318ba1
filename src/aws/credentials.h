#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

// Keys to sign calls with, and where they came from.
struct Credentials {
  std::string access_key_id;
  support::Secret secret_access_key;
  support::Secret session_token;               // empty for long-term keys
  std::optional<support::SystemTime> expires;  // nothing: not known, or never
  std::string source;                          // for people: "environment variables"
  // Getting them again is a burden (a program is run), so it is done only once they end or are
  // refused.
  bool costly = false;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

// How long a piece of work may take: until `at`, or until `stop` is requested.
struct Deadline {
  std::stop_token stop;
  support::SteadyTime at;
};

// A place that credentials come from. Fetch may block; any thread may call it.
class CredentialSource {
 public:
  CredentialSource() = default;
  CredentialSource(const CredentialSource&) = delete;
  CredentialSource& operator=(const CredentialSource&) = delete;
  virtual ~CredentialSource() = default;

  // Fresh credentials. kConfig: what is there is broken and must be changed; kCredentials: there
  // are none.
  [[nodiscard]] virtual support::Result<Credentials> Fetch(const Deadline& deadline) = 0;
};

}  // namespace ecsd::aws
