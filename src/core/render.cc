#include "core/render.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "core/render_json_string.h"
#include "core/target.h"
#include "core/yaml_scalar.h"

namespace ecsd::core {
namespace {

// Near enough to spare a file of many megabytes the doubling of its buffer: names, punctuation and
// quotes of a group come to less than this.
std::size_t SizeHint(std::span<const Target> targets) {
  constexpr std::size_t kFrame = 256;
  std::size_t size = 4;
  for (const Target& target : targets) {
    size += kFrame + target.address.size();
    for (const LabelField& field : kLabelFields) size += (target.*field.value).size();
  }
  return size;
}

void AppendYamlLabels(const Target& target, std::string& out) {
  const std::size_t start = out.size();
  out += "  labels:\n";
  const std::size_t first = out.size();
  for (const LabelField& field : kLabelFields) {
    const std::string& value = target.*field.value;
    if (value.empty()) continue;
    out += "    ";
    out += field.name;
    out += ": ";
    AppendYamlScalar(value, out);
    out += '\n';
  }
  if (out.size() != first) return;
  out.resize(start);
  out += "  labels: {}\n";
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
  for (const LabelField& field : kLabelFields) {
    const std::string& value = target.*field.value;
    if (value.empty()) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(field.name, out);
    out += ':';
    AppendJsonString(value, out);
  }
  out += "}}";
}

}  // namespace

Rendering::Rendering(Layout layout, std::size_t size_hint) : layout_(layout) {
  out_.reserve(size_hint);
}

void Rendering::Add(const Target& target) {
  if (layout_ == Layout::kYaml) {
    AppendYamlGroup(target, out_);
    return;
  }
  out_ += out_.empty() ? "[\n" : ",\n";
  AppendJsonGroup(target, out_);
}

std::string Rendering::Finish() && {
  if (out_.empty()) return "[]\n";
  if (layout_ == Layout::kJson) out_ += "\n]\n";
  return std::move(out_);
}

namespace {

std::string RenderAll(std::span<const Target> targets, Layout layout) {
  Rendering rendering(layout, SizeHint(targets));
  for (const Target& target : targets) rendering.Add(target);
  return std::move(rendering).Finish();
}

}  // namespace

std::string RenderYaml(std::span<const Target> targets) {
  return RenderAll(targets, Layout::kYaml);
}

std::string RenderJson(std::span<const Target> targets) {
  return RenderAll(targets, Layout::kJson);
}

}  // namespace ecsd::core
