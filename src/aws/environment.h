#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::aws {

// The environment variables as they were when the program started; only main reads the real ones.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}

  // The value of `name`; empty when it is not set, for AWS tools take an empty variable as not set.
  [[nodiscard]] std::string_view Get(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::string_view() : std::string_view(found->second);
  }

  // All of them, as "NAME=value", for a program that is started.
  [[nodiscard]] std::vector<std::string> Entries() const {
    std::vector<std::string> entries;
    for (const auto& [name, value] : variables_) {
      entries.push_back(name);
      entries.back().append("=").append(value);
    }
    return entries;
  }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace ecsd::aws
