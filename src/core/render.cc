#include "core/render.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "core/render_json_string.h"
#include "core/target.h"
#include "core/yaml_scalar.h"
#include "support/pieces.h"

namespace ecsd::core {
namespace {

// Near enough to spare a file of many megabytes the doubling of its buffer: names, punctuation and
// quotes of a group come to less than this.
std::size_t SizeHint(std::span<const Target> targets) {
  constexpr std::size_t kFrame = 256;
  std::size_t size = 4;
  for (const Target& target : targets) {
    size += kFrame + target.address.size();
    size += target.labels.byte_count();
  }
  return size;
}

void AppendYamlLabels(const Target& target, std::string& out) {
  out += target.labels.empty() ? "  labels: {}\n" : "  labels:\n";
  for (const auto& label : target.labels) {
    out += "    ";
    out += label.name;
    out += ": ";
    AppendYamlScalar(label.value, out);
    out += '\n';
  }
}

void AppendYamlGroup(const Target& target, std::string& out) {
  out += "- targets:\n  - ";
  AppendYamlScalar(target.address, out);
  out += '\n';
  AppendYamlLabels(target, out);
}

void AppendJsonGroup(const Target& target, std::string& out) {
  out += "  {\"targets\":[";
  AppendJsonString(target.address, out);
  out += "],\"labels\":{";
  bool first = true;
  for (const auto& label : target.labels) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(label.name, out);
    out += ':';
    AppendJsonString(label.value, out);
  }
  out += "}}";
}

void AppendGroup(Layout layout, const Target& target, bool is_first, std::string& out) {
  if (layout == Layout::kYaml) {
    AppendYamlGroup(target, out);
    return;
  }
  out += is_first ? "[\n" : ",\n";
  AppendJsonGroup(target, out);
}

void AppendEnd(Layout layout, bool is_empty, std::string& out) {
  if (is_empty) {
    out += "[]\n";
  } else if (layout == Layout::kJson) {
    out += "\n]\n";
  }
}

std::string RenderAll(std::span<const Target> targets, Layout layout) {
  std::string out;
  out.reserve(SizeHint(targets));
  for (const Target& target : targets) AppendGroup(layout, target, out.empty(), out);
  AppendEnd(layout, out.empty(), out);
  return out;
}

}  // namespace

Rendering::Rendering(Layout layout, support::TakePiece take)
    : layout_(layout), take_(std::move(take)) {}

bool Rendering::Add(const Target& target) {
  if (!wanted_) return false;
  AppendGroup(layout_, target, std::exchange(empty_, false), piece_);
  return piece_.size() < kPiece || Give();
}

bool Rendering::Finish() {
  if (!wanted_) return false;
  AppendEnd(layout_, empty_, piece_);
  return piece_.empty() || Give();
}

bool Rendering::Give() {
  wanted_ = take_(piece_);
  piece_.clear();
  return wanted_;
}

std::string RenderYaml(std::span<const Target> targets) {
  return RenderAll(targets, Layout::kYaml);
}

std::string RenderJson(std::span<const Target> targets) {
  return RenderAll(targets, Layout::kJson);
}

}  // namespace ecsd::core
