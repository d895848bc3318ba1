#pragma once

#include <string>
#include <vector>

#include "config/go_flags.h"
#include "config/options.h"

namespace ecsd::config {

// What the flags are read into before it is checked. The flags with a type of their own are kept as
// text; all others go straight into the options.
struct Draft {
  Options options;
  std::string filter_label;
  std::string rate_share = "0.5";
  std::string log_level = "info";
  std::string log_format = "logfmt";
  bool version = false;
};

// Every flag of the program, with its target in `draft`; parsing, the help text and the defaults
// all come from here.
[[nodiscard]] std::vector<Flag> FlagsOf(Draft& draft);

// The flags that the page of the web server may show, with their values: neither those of commands
// nor what a trust policy keeps secret.
[[nodiscard]] std::vector<FlagValue> ShownOf(Draft& draft);

}  // namespace ecsd::config
