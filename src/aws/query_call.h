#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "aws/client.h"
#include "aws/endpoint.h"

namespace ecsd::aws {

// A call of a service with the query protocol (EC2, STS).
[[nodiscard]] inline ApiCall QueryCall(const Service& service, std::string_view action,
                                       std::string body) {
  return {.service = service,
          .action = action,
          .headers = {"Content-Type: application/x-www-form-urlencoded; charset=utf-8"},
          .body = std::move(body)};
}

}  // namespace ecsd::aws
