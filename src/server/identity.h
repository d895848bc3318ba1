#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ecsd::server {

// What the program says of itself on its page and in its metrics.
struct Identity {
  struct Setting {
    std::string name;
    std::string value;  // with secrets hidden
  };

  std::string version;
  std::string region;
  std::chrono::nanoseconds interval{};  // between the starts of two refreshes
  std::vector<Setting> configuration;
  std::string cluster;  // the only one that is read; empty: all
};

}  // namespace ecsd::server
