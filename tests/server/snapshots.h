#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/response.h"
#include "server/snapshot.h"

namespace ecsd::server {

// A snapshot of a program that has just been started.
[[nodiscard]] Snapshot EmptySnapshot();

// A snapshot after a good refresh: cluster `prod` with a target and a skipped container, cluster
// `test` that could not be read.
[[nodiscard]] Snapshot GoodSnapshot();

// The value of the header `name`; "(none)" when it is not there.
[[nodiscard]] std::string HeaderOf(const Response& response, std::string_view name);

[[nodiscard]] std::string BodyOf(const Response& response);

}  // namespace ecsd::server
