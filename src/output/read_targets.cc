#include "output/read_targets.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "core/target.h"
#include "output/destination.h"
#include "output/posix.h"
#include "support/clock.h"
#include "support/descriptor.h"
#include "support/result.h"
#include "yaml/events.h"

namespace ecsd::output {
namespace {

using support::Descriptor;
using support::ErrorKind;
using support::Fail;
using support::Result;
using Kind = yaml::Event::Kind;

bool IsOver(const yaml::Event& event) {
  return event.kind == Kind::kEnd || event.kind == Kind::kBroken;
}

// Reads one group after its mapping has begun.
class GroupReader {
 public:
  explicit GroupReader(yaml::Events& events) : events_(events) {}

  // The group's target; nothing when it is not one of ours, or is broken.
  std::optional<core::Target> Read() {
    for (auto key = events_.Next(); key.kind != Kind::kClose; key = events_.Next()) {
      if (IsOver(key)) return std::nullopt;
      ReadMember(key);
    }
    if (!ours_ || target_.address.empty() || ValueOf(core::kClusterArnLabel).empty())
      return std::nullopt;
    for (const auto name : core::kClassicLabels) target_.labels.Add(name, ValueOf(name));
    return std::move(target_);
  }

 private:
  void ReadMember(const yaml::Event& key) {
    if (key.kind != Kind::kScalar) {
      ours_ = false;
      events_.Skip(key);
    }
    const auto value = events_.Next();
    if (key.text == "targets" && value.kind == Kind::kSequence) {
      ReadAddresses();
    } else if (key.text == "labels" && value.kind == Kind::kMapping) {
      ReadLabels();
    } else {
      if (key.text == "targets" || key.text == "labels") ours_ = false;
      events_.Skip(value);
    }
  }

  void ReadAddresses() {
    for (auto item = events_.Next(); item.kind != Kind::kClose; item = events_.Next()) {
      if (IsOver(item)) return;
      Take(item, target_.address);
    }
  }

  void ReadLabels() {
    for (auto key = events_.Next(); key.kind != Kind::kClose; key = events_.Next()) {
      if (IsOver(key)) return;
      ReadLabel(key);
    }
  }

  void ReadLabel(const yaml::Event& key) {
    if (key.kind != Kind::kScalar || key.text == "<<") {
      ours_ = false;
      events_.Skip(key);
    }
    const auto value = events_.Next();
    if (std::ranges::find(core::kClassicLabels, key.text) == core::kClassicLabels.end()) {
      events_.Skip(value);
    } else {
      Take(value, ValueOf(key.text));
    }
  }

  // Gives `field` its value, the only one it may get.
  void Take(const yaml::Event& value, std::string& field) {
    if (value.kind != Kind::kScalar || !field.empty()) {
      ours_ = false;
      events_.Skip(value);
    } else {
      field = value.text;
    }
  }

  // The value of a classic label.
  std::string& ValueOf(std::string_view name) {
    const auto* place = std::ranges::find(core::kClassicLabels, name);
    return values_.at(static_cast<std::size_t>(place - core::kClassicLabels.begin()));
  }

  yaml::Events& events_;
  core::Target target_;
  std::array<std::string, core::kClassicLabels.size()> values_;
  bool ours_ = true;
};

// Reads the groups after their sequence has begun. What ends it comes again from `events`.
FileTargets ReadGroups(yaml::Events& events, bool brackets) {
  FileTargets file;
  bool last_kept = false;
  for (auto item = events.Next(); item.kind != Kind::kClose; item = events.Next()) {
    if (IsOver(item)) return file;
    auto target = item.kind == Kind::kMapping ? GroupReader(events).Read() : std::nullopt;
    if (item.kind != Kind::kMapping) events.Skip(item);
    if (events.over()) return file;
    last_kept = target.has_value();
    if (target) {
      file.targets.push_back(*std::move(target));
    } else {
      ++file.skipped;
    }
  }
  if (!brackets && events.last_byte() != '\n') {
    if (last_kept) file.targets.pop_back();
    file.damage = "its last line has no end";
  }
  return file;
}

std::optional<support::SystemTime> WrittenAt(const Descriptor& file) {
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return std::nullopt;
  return support::SystemTime(std::chrono::duration_cast<support::SystemTime::duration>(
      std::chrono::seconds(about.st_mtim.tv_sec) +
      std::chrono::nanoseconds(about.st_mtim.tv_nsec)));
}

// Bytes of an open file, until `stop`.
class FileReader {
 public:
  FileReader(const Descriptor& file, const std::string& path, const std::stop_token& stop)
      : file_(file), path_(path), stop_(stop) {}

  Result<std::size_t> Read(std::span<char> room) {
    while (true) {
      if (stop_.stop_requested()) return Fail(ErrorKind::kCancelled, path_ + ": stopped");
      const ssize_t length = ::read(file_.get(), room.data(), room.size());
      if (length >= 0) return static_cast<std::size_t>(length);
      if (errno == EINTR) continue;
      return Fail(ErrorKind::kIo, Describe(LastFailure("read " + path_).value()));
    }
  }

 private:
  const Descriptor& file_;
  const std::string& path_;
  const std::stop_token& stop_;
};

}  // namespace

Result<FileTargets> ReadTargets(yaml::Events::Read read) {
  yaml::Events events(std::move(read));
  const auto first = events.Next();
  if (first.kind == Kind::kEnd) return FileTargets{};
  FileTargets file;
  if (first.kind == Kind::kSequence) file = ReadGroups(events, first.flow);
  if (events.read_error()) return tl::unexpected(*events.read_error());
  if (first.kind != Kind::kSequence && first.kind != Kind::kBroken) {
    return Fail(ErrorKind::kMalformed, "it is no list of target groups");
  }
  if (const auto last = events.Next(); last.kind == Kind::kBroken) {
    file.damage = fmt::format("line {}: {}", last.at.line, last.text);
  }
  if (events.read_error()) return tl::unexpected(*events.read_error());
  if (!file.damage.empty() && file.targets.empty()) {
    return Fail(ErrorKind::kMalformed, file.damage);
  }
  return file;
}

Result<FileTargets> ReadTargetsOf(const std::string& path, const std::stop_token& stop) {
  const auto destination = FindDestination(path);
  if (!destination) return tl::unexpected(destination.error());
  if (destination->kind != Destination::Kind::kRegular) {
    return Fail(ErrorKind::kNotFound, fmt::format("output file {}: there is none yet", path));
  }
  Posix posix;
  auto file = OpenFile(posix, destination->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return Fail(ErrorKind::kIo, "output file " + path + ": " + Describe(file.error()));
  FileReader reader(*file, path, stop);
  auto targets = ReadTargets([&reader](std::span<char> room) { return reader.Read(room); });
  if (targets) targets->written = WrittenAt(*file);
  if (!targets && targets.error().kind == ErrorKind::kMalformed) {
    return Fail(ErrorKind::kMalformed, fmt::format("output file {} is not one of this program: {}",
                                                   path, targets.error().message));
  }
  return targets;
}

}  // namespace ecsd::output
