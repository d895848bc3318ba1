#pragma once

#include <cstdint>
#include <string_view>

namespace ecsd::output {

enum class Format : std::uint8_t { kYaml, kJson };

// JSON for a path that ends in .json (or .JSON, which Prometheus reads as JSON), else YAML.
[[nodiscard]] Format FormatOf(std::string_view path);

// Whether Prometheus' file_sd reads a file of this name: .json, .yml, .yaml, all lower or all upper
// case (discovery/file/file.go). Devices are not for it and need no suffix.
[[nodiscard]] bool HasReadableSuffix(std::string_view path);

}  // namespace ecsd::output
