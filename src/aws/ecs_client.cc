#include "aws/ecs_client.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ecs_codec.h"
#include "aws/endpoint.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

ApiCall EcsCall(std::string_view action, std::string body) {
  return {.service = kEcs,
          .action = action,
          .headers = {"Content-Type: application/x-amz-json-1.1",
                      fmt::format("X-Amz-Target: AmazonEC2ContainerServiceV20141113.{}", action)},
          .body = std::move(body)};
}

// Makes one call and returns what `decode` read from its answer.
template <typename T>
Result<T> CallFor(const Client& client, const ApiCall& call,
                  Result<T> (*decode)(const std::string&), const Deadline& deadline) {
  T value;
  const auto keep = [&](const std::string& body) {
    return decode(body).map([&](T decoded) { value = std::move(decoded); });
  };
  if (auto result = client.Call(call, keep, deadline); !result) {
    return tl::unexpected(std::move(result).error());
  }
  return value;
}

using Token = std::optional<std::string>;

// Follows a listing to its end. A token that is given twice would never end.
Result<std::vector<std::string>> ListAll(std::string_view action,
                                         const std::function<Result<ArnPage>(const Token&)>& next) {
  std::vector<std::string> arns;
  Token token;
  while (true) {
    auto page = next(token);
    if (!page) return tl::unexpected(std::move(page).error());
    std::ranges::move(page->arns, std::back_inserter(arns));
    if (!page->next_token) return arns;
    if (page->next_token == token) {
      return Fail(ErrorKind::kMalformed,
                  fmt::format("ECS {}: the same nextToken twice in a row", action));
    }
    token = std::move(page->next_token);
  }
}

}  // namespace

Result<std::vector<std::string>> EcsClient::ListClusters(const Deadline& deadline) const {
  return ListAll("ListClusters", [&](const Token& token) {
    return CallFor(client_, EcsCall("ListClusters", EncodeListClusters(token)), DecodeListClusters,
                   deadline);
  });
}

Result<std::vector<std::string>> EcsClient::ListTasks(std::string_view cluster,
                                                      const Deadline& deadline) const {
  return ListAll("ListTasks", [&](const Token& token) {
    return CallFor(client_, EcsCall("ListTasks", EncodeListTasks(cluster, token)), DecodeListTasks,
                   deadline);
  });
}

Result<Described<Cluster>> EcsClient::DescribeClusters(std::span<const std::string> clusters,
                                                       const Deadline& deadline) const {
  return CallFor(client_, EcsCall("DescribeClusters", EncodeDescribeClusters(clusters)),
                 DecodeDescribeClusters, deadline);
}

Result<Described<core::Task>> EcsClient::DescribeTasks(std::string_view cluster,
                                                       std::span<const std::string> arns,
                                                       const Deadline& deadline) const {
  return CallFor(client_, EcsCall("DescribeTasks", EncodeDescribeTasks(cluster, arns)),
                 DecodeDescribeTasks, deadline);
}

Result<core::TaskDefinition> EcsClient::DescribeTaskDefinition(const std::string& arn,
                                                               const Deadline& deadline) const {
  return CallFor(client_, EcsCall("DescribeTaskDefinition", EncodeDescribeTaskDefinition(arn)),
                 DecodeDescribeTaskDefinition, deadline);
}

Result<Described<core::ContainerInstance>> EcsClient::DescribeContainerInstances(
    std::string_view cluster, std::span<const std::string> arns, const Deadline& deadline) const {
  return CallFor(
      client_,
      EcsCall("DescribeContainerInstances", EncodeDescribeContainerInstances(cluster, arns)),
      DecodeDescribeContainerInstances, deadline);
}

}  // namespace ecsd::aws
