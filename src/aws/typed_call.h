#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "support/result.h"

namespace ecsd::aws {

// A call of a service with the query protocol (EC2, STS).
[[nodiscard]] inline ApiCall QueryCall(const Service& service, std::string_view action,
                                       std::string body) {
  return {.service = service,
          .action = action,
          .headers = {"Content-Type: application/x-www-form-urlencoded; charset=utf-8"},
          .body = std::move(body),
          .secrets = {}};
}

// A call of a service with the AWS JSON 1.1 protocol (ECS, SSM); `target` is its name in
// X-Amz-Target.
[[nodiscard]] inline ApiCall JsonCall(const Service& service, std::string_view target,
                                      std::string_view action, std::string body) {
  return {.service = service,
          .action = action,
          .headers = {"Content-Type: application/x-amz-json-1.1",
                      fmt::format("X-Amz-Target: {}.{}", target, action)},
          .body = std::move(body),
          .secrets = {}};
}

// Makes one call and returns what `decode` (of the body, and of a parser to use again) read from
// its answer.
template <typename T, typename Decode>
[[nodiscard]] support::Result<T> CallAndKeep(const Client& client, const ApiCall& call,
                                             const Decode& decode, const Deadline& deadline) {
  T value{};
  const auto keep = [&](const std::string& body, JsonParser* again) {
    return decode(body, again).map([&](T decoded) { value = std::move(decoded); });
  };
  if (auto result = client.Call(call, keep, deadline); !result) {
    return tl::unexpected(std::move(result).error());
  }
  return value;
}

// For answers in JSON.
template <typename T>
[[nodiscard]] support::Result<T> CallFor(const Client& client, const ApiCall& call,
                                         support::Result<T> (*decode)(const std::string& body,
                                                                      JsonParser* again),
                                         const Deadline& deadline) {
  return CallAndKeep<T>(client, call, decode, deadline);
}

// For answers in XML.
template <typename T>
[[nodiscard]] support::Result<T> CallFor(const Client& client, const ApiCall& call,
                                         support::Result<T> (*decode)(const std::string& body),
                                         const Deadline& deadline) {
  const auto ignoring = [decode](const std::string& body, JsonParser* /*again*/) {
    return decode(body);
  };
  return CallAndKeep<T>(client, call, ignoring, deadline);
}

}  // namespace ecsd::aws
