#include "aws/ecs_client.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ecs_codec.h"
#include "aws/endpoint.h"
#include "aws/page.h"
#include "aws/typed_call.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::Result;
using Token = std::optional<std::string>;

ApiCall EcsCall(std::string_view action, std::string body) {
  return JsonCall(kEcs, "AmazonEC2ContainerServiceV20141113", action, std::move(body));
}

// How many pages ListSome... reads at the most.
constexpr int kMostPages = 5;

}  // namespace

Result<std::vector<std::string>> EcsClient::ListClusters(const Deadline& deadline) const {
  return ReadAllPages<std::string>("ECS ListClusters", [&](const Token& token) {
    return CallFor(client_, EcsCall("ListClusters", EncodeListClusters(token)), DecodeListClusters,
                   deadline);
  });
}

Result<ArnPage> EcsClient::ListTasksPage(std::string_view cluster,
                                         const std::optional<std::string>& token,
                                         const Deadline& deadline) const {
  return CallFor(client_, EcsCall("ListTasks", EncodeListTasks(cluster, token)), DecodeListTasks,
                 deadline);
}

Result<std::vector<std::string>> EcsClient::ListSomeClusters(int most,
                                                             const Deadline& deadline) const {
  return ReadFirstItems<std::string>("ECS ListClusters", kMostPages, [&](const Token& token) {
    return CallFor(client_, EcsCall("ListClusters", EncodeListClusters(token, most)),
                   DecodeListClusters, deadline);
  });
}

Result<std::vector<std::string>> EcsClient::ListSomeTasks(std::string_view cluster, int most,
                                                          const Deadline& deadline) const {
  return ReadFirstItems<std::string>("ECS ListTasks", kMostPages, [&](const Token& token) {
    return CallFor(client_, EcsCall("ListTasks", EncodeListTasks(cluster, token, most)),
                   DecodeListTasks, deadline);
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
