#pragma once

#include <string>

namespace ecsd::state {

// Whose records a state file holds. Records of one account and region mean nothing in another.
struct Identity {
  std::string region;
  std::string role_arn;  // empty: none is assumed
  std::string profile;   // empty: none is named
  friend bool operator==(const Identity&, const Identity&) = default;
};

}  // namespace ecsd::state
