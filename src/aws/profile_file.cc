#include "aws/profile_file.h"

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
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

constexpr std::size_t kLongestKey = 80;

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
  if (type == "sso-session") return &files.sso_sessions[name];
  if (type != "profile") return nullptr;
  if (name == "default" && !default_is_explicit) {
    default_is_explicit = true;
    files.profiles["default"].clear();
  }
  return &files.profiles[name];
}

// `text` up to a comment: `#` or `;` after white space starts one.
std::string_view WithoutComment(std::string_view text) {
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
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
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
  [[nodiscard]] tl::unexpected<support::Error> FailHere(std::string_view why) const {
    return Fail(ErrorKind::kConfig, fmt::format("{}:{}: {}", path_, line_, why));
  }

  Result<void> ReadLine(std::string_view line) {
    const auto text = Trim(line);
    if (text.find('\r') != std::string_view::npos) {
      return FailHere(
          "a carriage return within a line; save the file with the line ends LF or CR LF");
    }
    if (text.empty() || text.front() == '#' || text.front() == ';') return {};
    const auto indent = line.find(text.front());
    if (!key_.empty() && indent > indent_) return ReadContinuation(text);
    if (text.front() == '[') return ReadHeader(text);
    indent_ = indent;
    return ReadKey(text);
  }

  Result<void> ReadHeader(std::string_view text) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return FailHere("section without `]`");
    section_ = FindSection(kind_, Trim(text.substr(1, close - 1)), files_, default_is_explicit_);
    in_section_ = true;
    key_.clear();
    return {};
  }

  Result<void> ReadKey(std::string_view text) {
    const auto delimiter = text.find_first_of("=:");
    if (delimiter == std::string_view::npos || delimiter == 0)
      return FailHere("expected `key = value` or `[section]`");
    if (!in_section_) return FailHere("a key before the first `[section]`");
    key_ = ToLower(Trim(text.substr(0, delimiter)));
    const auto value = WithoutComment(text.substr(delimiter + 1));
    is_block_ = value.empty();
    if (section_ != nullptr) (*section_)[key_] = std::string(value);
    return {};
  }

  // A line that is indented deeper than the key it belongs to.
  Result<void> ReadContinuation(std::string_view text) {
    if (!is_block_) {
      if (section_ != nullptr) (*section_)[key_].append("\n").append(WithoutComment(text));
      return {};
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return FailHere(fmt::format("expected `key = value` in the block of `{} =`",
                                  support::OneLine(key_, kLongestKey)));
    const auto inner = ToLower(Trim(text.substr(0, equals)));
    if (section_ != nullptr)
      (*section_)[key_ + "." + inner] = std::string(WithoutComment(text.substr(equals + 1)));
    return {};
  }

  const SharedFileKind kind_;
  const std::string_view path_;
  SharedFiles& files_;
  std::size_t line_ = 0;
  bool in_section_ = false;
  bool default_is_explicit_ = false;
  Section* section_ = nullptr;  // null: one that does not concern us
  std::string key_;             // of the last line with one in this section
  std::size_t indent_ = 0;      // of that line
  bool is_block_ = false;  // its value is empty, so what follows indented are keys of their own
};

bool HasKeys(const Section& section) {
  return !ValueOf(section, "aws_access_key_id").empty() ||
         !ValueOf(section, "aws_secret_access_key").empty();
}

void DropKeys(Section& section) {
  for (const std::string_view key :
       {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
    if (const auto found = section.find(key); found != section.end()) section.erase(found);
  }
}

// Adds what a file says about a profile. Keys of one file are a pair: the id in one never goes with
// the secret in the other.
void AddProfile(SharedFileKind kind, std::string_view path, const std::string& name,
                Section section, SharedFiles& files) {
  auto& known = files.profiles[name];
  const bool wins = kind == SharedFileKind::kCredentials;
  if (HasKeys(section) && (wins || !HasKeys(known))) files.key_files[name] = std::string(path);
  if (HasKeys(wins ? section : known)) DropKeys(wins ? known : section);
  if (wins) section.swap(known);
  known.merge(section);
}

}  // namespace

Result<void> AddSharedFile(SharedFileKind kind, std::string_view path, std::string_view text,
                           SharedFiles& files) {
  SharedFiles read;
  if (auto result = Reader(kind, path, read).Read(text); !result) return result;
  for (auto& [name, section] : read.profiles) {
    AddProfile(kind, path, name, std::move(section), files);
  }
  files.services.merge(read.services);
  files.sso_sessions.merge(read.sso_sessions);
  return {};
}

}  // namespace ecsd::aws
