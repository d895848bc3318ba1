#include "aws/profile_choice.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_file.h"
#include "aws/small_file.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

std::string PathFrom(const Environment& environment, std::string_view variable,
                     std::string_view name_in_home) {
  const auto path = environment.Get(variable);
  if (!path.empty()) return ExpandHome(environment, path);
  const auto home = environment.Get("HOME");
  return home.empty() ? std::string() : fmt::format("{}/.aws/{}", home, name_in_home);
}

Result<void> AddFile(SharedFileKind kind, const std::string& path, SharedFiles& files) {
  if (path.empty()) return {};
  auto text = ReadSmallFile(path);
  if (!text) return tl::unexpected(std::move(text).error());
  return *text ? AddSharedFile(kind, path, **text, files) : Result<void>();
}

bool HoldsSecrets(SharedFileKind kind, const std::string& path) {
  SharedFiles files;
  if (!AddFile(kind, path, files)) return false;
  return std::ranges::any_of(files.profiles, [](const auto& profile) {
    return !ValueOf(profile.second, "aws_secret_access_key").empty() ||
           !ValueOf(profile.second, "aws_session_token").empty();
  });
}

bool IsReadableByOthers(const std::string& path) {
  using std::filesystem::perms;
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  const auto read = perms::group_read | perms::others_read;
  return !failed && std::filesystem::is_regular_file(status) &&
         (status.permissions() & read) != perms::none;
}

}  // namespace

std::string ExpandHome(const Environment& environment, std::string_view path) {
  std::string expanded(path);
  if (expanded.starts_with("~/")) expanded.replace(0, 1, environment.Get("HOME"));
  return expanded;
}

ProfileChoice ChooseProfile(const Environment& environment, std::string_view flag) {
  ProfileChoice choice{
      .config_path = PathFrom(environment, "AWS_CONFIG_FILE", "config"),
      .credentials_path = PathFrom(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
      .name = "default"};
  for (const auto name :
       {flag, environment.Get("AWS_PROFILE"), environment.Get("AWS_DEFAULT_PROFILE")}) {
    if (name.empty()) continue;
    choice.name = name;
    choice.chosen = true;
    choice.by_flag = !flag.empty();
    break;
  }
  return choice;
}

Result<SharedFiles> ReadSharedFiles(const ProfileChoice& choice) {
  SharedFiles files;
  if (auto added = AddFile(SharedFileKind::kConfig, choice.config_path, files); !added) {
    return tl::unexpected(std::move(added).error());
  }
  if (auto added = AddFile(SharedFileKind::kCredentials, choice.credentials_path, files); !added) {
    return tl::unexpected(std::move(added).error());
  }
  if (choice.chosen && !files.profiles.contains(choice.name)) {
    return Fail(ErrorKind::kConfig,
                fmt::format("AWS profile \"{}\" is in neither {} nor {}; check {}", choice.name,
                            choice.config_path, choice.credentials_path,
                            choice.by_flag ? "-aws.profile" : "AWS_PROFILE"));
  }
  return files;
}

std::vector<std::string> FilesReadableByOthers(const ProfileChoice& choice) {
  std::vector<std::string> found;
  for (const auto& [kind, path] :
       {std::pair(SharedFileKind::kConfig, choice.config_path),
        std::pair(SharedFileKind::kCredentials, choice.credentials_path)}) {
    if (IsReadableByOthers(path) && HoldsSecrets(kind, path)) found.push_back(path);
  }
  return found;
}

}  // namespace ecsd::aws
