#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::core {

// One scrape target: the address of one container's exporter and the labels that describe it.
// An empty field is a label that is left out. `address` is host:port with IPv6 hosts in brackets.
struct Target {
  std::string address;
  std::string task_arn;
  std::string task_name;  // the family of the task definition
  std::string job;
  std::string task_revision;
  std::string task_group;
  std::string cluster_arn;
  std::string container_name;
  std::string container_arn;
  std::string docker_image;
  std::string metrics_path;  // __metrics_path__
  std::string scheme;        // __scheme__
  friend bool operator==(const Target&, const Target&) = default;
};

// One label a target can have: its name in the file, and the field that holds its value.
struct LabelField {
  std::string_view name;
  std::string Target::* value;
};

// Every label, in the order of the Go program's file.
inline constexpr std::array<LabelField, 11> kLabelFields = {{
    {.name = "task_arn", .value = &Target::task_arn},
    {.name = "task_name", .value = &Target::task_name},
    {.name = "job", .value = &Target::job},
    {.name = "task_revision", .value = &Target::task_revision},
    {.name = "task_group", .value = &Target::task_group},
    {.name = "cluster_arn", .value = &Target::cluster_arn},
    {.name = "container_name", .value = &Target::container_name},
    {.name = "container_arn", .value = &Target::container_arn},
    {.name = "docker_image", .value = &Target::docker_image},
    {.name = "__metrics_path__", .value = &Target::metrics_path},
    {.name = "__scheme__", .value = &Target::scheme},
}};

struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label&, const Label&) = default;
};

// The labels of `target` that are not empty, in the order of kLabelFields. The views point into
// `target`.
[[nodiscard]] std::vector<Label> LabelsOf(const Target& target);

// The order of the file: by task ARN, then container name, then container ARN, then address.
[[nodiscard]] bool FileOrder(const Target& left, const Target& right);

}  // namespace ecsd::core
