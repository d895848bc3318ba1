#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/label_set.h"

namespace ecsd::core {

// Names of the labels that the Go program gives its targets.
inline constexpr std::string_view kTaskArnLabel = "task_arn";
inline constexpr std::string_view kTaskNameLabel =
    "task_name";  // the family of the task definition
inline constexpr std::string_view kJobLabel = "job";
inline constexpr std::string_view kTaskRevisionLabel = "task_revision";
inline constexpr std::string_view kTaskGroupLabel = "task_group";
inline constexpr std::string_view kClusterArnLabel = "cluster_arn";
inline constexpr std::string_view kContainerNameLabel = "container_name";
inline constexpr std::string_view kContainerArnLabel = "container_arn";
inline constexpr std::string_view kDockerImageLabel = "docker_image";
inline constexpr std::string_view kMetricsPathLabel = "__metrics_path__";
inline constexpr std::string_view kSchemeLabel = "__scheme__";

// All of them, in the order of its file.
inline constexpr std::array kClassicLabels = {
    kTaskArnLabel,     kTaskNameLabel,    kJobLabel,           kTaskRevisionLabel,
    kTaskGroupLabel,   kClusterArnLabel,  kContainerNameLabel, kContainerArnLabel,
    kDockerImageLabel, kMetricsPathLabel, kSchemeLabel};

// One scrape target: the address of one container's exporter and the labels that describe it.
struct Target {
  std::string address;  // host:port, an IPv6 host in brackets
  LabelSet labels;
  friend bool operator==(const Target&, const Target&) = default;
};

// The order of the file: by task ARN, then container name, then container ARN, then address.
[[nodiscard]] bool FileOrder(const Target& left, const Target& right);

// The same number for equal targets, within one process.
[[nodiscard]] std::size_t HashOf(const Target& target);

}  // namespace ecsd::core
