#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ecsd::aws {

// One section of a shared file: keys in lower case to values. An indented block below an empty
// value (`services`, `s3`) is kept as `key.inner`; an indented line below a value continues it
// after a line break.
using Section = std::map<std::string, std::string, std::less<>>;

// The value of `key`; empty when there is none, which AWS tools take as the same.
[[nodiscard]] inline std::string_view ValueOf(const Section& section, std::string_view key) {
  const auto found = section.find(key);
  return found == section.end() ? std::string_view() : std::string_view(found->second);
}

// What the shared config file and the shared credentials file say. AWS SDKs and Tools Reference
// Guide, "Shared config and credentials files" (file-format).
struct SharedFiles {
  std::map<std::string, Section, std::less<>> profiles;
  std::map<std::string, Section, std::less<>> services;      // `[services NAME]` of the config file
  std::map<std::string, Section, std::less<>> sso_sessions;  // `[sso-session NAME]` of it
  // The path of the file that a profile has its access key, secret and token from; for messages.
  std::map<std::string, std::string, std::less<>> key_files;
  friend bool operator==(const SharedFiles&, const SharedFiles&) = default;
};

enum class SharedFileKind { kConfig, kCredentials };

// Adds the text of one file to `files`; `path` is for messages. Keys of the credentials file win
// over those of the config file, where an access key and its secret and token are taken as one,
// `[profile default]` wins over `[default]`, and of a repeated key the last one counts. kConfig,
// naming file and line, for a line that is no section, key, comment or continuation.
[[nodiscard]] support::Result<void> AddSharedFile(SharedFileKind kind, std::string_view path,
                                                  std::string_view text, SharedFiles& files);

}  // namespace ecsd::aws
