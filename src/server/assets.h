#pragma once

#include <string_view>

namespace ecsd::server {

// The files of assets/ as they are, put into the program when it is built.
extern const std::string_view kStyle;
extern const std::string_view kScript;

}  // namespace ecsd::server
