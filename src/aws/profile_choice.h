#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_file.h"
#include "support/result.h"

namespace ecsd::aws {

// Where the shared files are and which profile is used.
struct ProfileChoice {
  std::string config_path;
  std::string credentials_path;
  std::string name;      // --aws.profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"
  bool chosen = false;   // the user named it, so it has to exist
  bool by_flag = false;  // by the flag, so keys in the environment do not come before it
  friend bool operator==(const ProfileChoice&, const ProfileChoice&) = default;
};

// `path` with `~` at its start replaced by HOME, as AWS tools read paths.
[[nodiscard]] std::string ExpandHome(const Environment& environment, std::string_view path);

// `flag` is the value of --aws.profile; empty: not given.
[[nodiscard]] ProfileChoice ChooseProfile(const Environment& environment,
                                          std::string_view flag = {});

// Reads the shared files that exist. kConfig when one cannot be read or understood, or when the
// chosen profile is in neither.
[[nodiscard]] support::Result<SharedFiles> ReadSharedFiles(const ProfileChoice& choice);

// Those of the two files that hold secrets and that others than their owner may read, for a
// warning.
[[nodiscard]] std::vector<std::string> FilesReadableByOthers(const ProfileChoice& choice);

}  // namespace ecsd::aws
