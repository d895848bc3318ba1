#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "sim/answer.h"
#include "sim/ecs_api.h"
#include "sim/ecs_input.h"

namespace ecsd::sim {

// What a listing goes through: `arn(i)` is empty for what a filter leaves out.
struct Listing {
  const char* member;
  std::size_t size = 0;
  std::function<std::string_view(std::size_t)> arn;
};

// The page that the call asks for by `maxResults` and `nextToken`.
[[nodiscard]] ApiResult AnswerPage(const EcsCall& call, EcsInput& input, const Listing& listing);

}  // namespace ecsd::sim
