// render-targets yaml|json: reads targets as a JSON array on standard input and writes what the
// program would write to its output file. Each target is an object from label names, and `address`,
// to their values' bytes in hexadecimal, so that values need not be UTF-8.

#include <charconv>
#include <cstddef>
#include <exception>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/render.h"
#include "core/target.h"

namespace {

using ecsd::core::Target;

std::string FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw std::invalid_argument("odd number of hexadecimal digits");
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    const char* end = hex.data() + i + 2;
    if (std::from_chars(hex.data() + i, end, byte, 16).ptr != end) {
      throw std::invalid_argument("not hexadecimal");
    }
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

Target FromJson(const nlohmann::json& object) {
  Target target;
  target.address = FromHex(object.at("address").get<std::string>());
  for (const auto name : ecsd::core::kClassicLabels) {
    const auto value = object.find(std::string(name));
    if (value != object.end()) target.labels.Set(name, FromHex(value->get<std::string>()));
  }
  return target;
}

std::vector<Target> ReadTargets(std::istream& in) {
  std::vector<Target> targets;
  for (const auto& object : nlohmann::json::parse(in)) targets.push_back(FromJson(object));
  return targets;
}

int Run(std::string_view format) {
  const std::vector<Target> targets = ReadTargets(std::cin);
  if (format == "yaml") {
    std::cout << ecsd::core::RenderYaml(targets);
  } else if (format == "json") {
    std::cout << ecsd::core::RenderJson(targets);
  } else {
    throw std::invalid_argument("the format is yaml or json");
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc == 2 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::cerr << "render-targets: " << error.what() << '\n';
    return 2;
  }
}
