#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ecsd::aws {

// Splits a command line into words as a shell does, but for everything that a shell expands:
// between '...' all is literal, between "..." a backslash escapes a quote or a backslash, elsewhere
// any character. What botocore and the AWS CLI do to credential_process. Pure. kConfig when a quote
// is not closed or a backslash is the last character, without the text, for it may hold secrets.
[[nodiscard]] support::Result<std::vector<std::string>> SplitCommand(std::string_view text);

}  // namespace ecsd::aws
