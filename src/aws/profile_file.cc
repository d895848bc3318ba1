#include "aws/profile_file.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::ToLower;
using support::Trim;

// The section that a header names; null for one that does not concern us.
Section* FindSection(SharedFileKind kind, std::string_view header, SharedFiles& files,
                     bool& default_is_explicit) {
  const auto unquoted = [](std::string_view name) {
    name = Trim(name);
    const bool quoted = name.size() >= 2 && (name.front() == '"' || name.front() == '\'') &&
                        name.front() == name.back();
    return std::string(quoted ? name.substr(1, name.size() - 2) : name);
  };
  if (kind == SharedFileKind::kCredentials) return &files.profiles[unquoted(header)];
  if (header == "default") return default_is_explicit ? nullptr : &files.profiles["default"];
  const auto space = header.find_first_of(" \t");
  if (space == std::string_view::npos) return nullptr;
  const auto type = header.substr(0, space);
  const auto name = unquoted(header.substr(space));
  if (type == "services") return &files.services[name];
  if (type != "profile") return nullptr;
  if (name == "default" && !default_is_explicit) {
    default_is_explicit = true;
    files.profiles["default"].clear();
  }
  return &files.profiles[name];
}

// The value of a line, without a comment: `#` or `;` after white space starts one.
std::string_view ValueOf(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool after_space = text[at - 1] == ' ' || text[at - 1] == '\t';
    if (after_space && (text[at] == '#' || text[at] == ';')) return Trim(text.substr(0, at));
  }
  return Trim(text);
}

// Reads one file line by line.
class Reader {
 public:
  Reader(SharedFileKind kind, std::string_view path, SharedFiles& files)
      : kind_(kind), path_(path), files_(files) {}

  Result<void> Read(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const auto end = text.find('\n');
      if (auto result = ReadLine(text.substr(0, end)); !result) return result;
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
    return {};
  }

 private:
  Result<void> ReadLine(std::string_view line) {
    const auto text = Trim(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') return {};
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (text.front() == '[' && !indented) return ReadHeader(text);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Fail(ErrorKind::kConfig,
                  fmt::format("{}:{}: expected `key = value` or `[section]`", path_, line_));
    }
    if (!in_section_) {
      return Fail(ErrorKind::kConfig,
                  fmt::format("{}:{}: a key before the first `[section]`", path_, line_));
    }
    const auto key = ToLower(Trim(text.substr(0, equals)));
    const auto value = ValueOf(text.substr(equals + 1));
    const bool nested = indented && !block_.empty();
    if (!nested) block_ = value.empty() ? key : "";
    if (section_ != nullptr) (*section_)[nested ? block_ + "." + key : key] = std::string(value);
    return {};
  }

  Result<void> ReadHeader(std::string_view text) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
      return Fail(ErrorKind::kConfig, fmt::format("{}:{}: section without `]`", path_, line_));
    }
    section_ = FindSection(kind_, Trim(text.substr(1, close - 1)), files_, default_is_explicit_);
    in_section_ = true;
    block_.clear();
    return {};
  }

  const SharedFileKind kind_;
  const std::string_view path_;
  SharedFiles& files_;
  std::size_t line_ = 0;
  bool in_section_ = false;
  bool default_is_explicit_ = false;
  Section* section_ = nullptr;
  std::string block_;  // the key whose indented block we are in
};

}  // namespace

Result<void> AddSharedFile(SharedFileKind kind, std::string_view path, std::string_view text,
                           SharedFiles& files) {
  SharedFiles read;
  if (auto result = Reader(kind, path, read).Read(text); !result) return result;
  for (auto& [name, section] : read.profiles) {
    auto& known = files.profiles[name];
    if (kind == SharedFileKind::kCredentials) {
      for (auto& [key, value] : section) known[key] = value;
    } else {
      known.merge(section);
    }
  }
  files.services.merge(read.services);
  return {};
}

}  // namespace ecsd::aws
