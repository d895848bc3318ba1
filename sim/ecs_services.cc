#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/ecs_api.h"
#include "sim/ecs_input.h"
#include "sim/ecs_listing.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

constexpr std::size_t kMostServices = 10;

std::string ServiceArn(const Account& account, const Cluster& cluster, std::string_view name) {
  return fmt::format("arn:aws:ecs:{}:{}:service/{}/{}", account.region(), account.id(),
                     cluster.name, name);
}

// A service is known from its tasks only, so there is little to say of it.
std::string ServiceJson(const Account& account, const Cluster& cluster, const std::string& name) {
  return Dump({{"serviceArn", ServiceArn(account, cluster, name)},
               {"serviceName", name},
               {"clusterArn", cluster.arn},
               {"status", "ACTIVE"},
               {"schedulingStrategy", "REPLICA"},
               {"tags", Json::array()}});
}

}  // namespace

ApiResult ListServices(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string cluster_name = input.Text("cluster");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  return RequireCluster(call.account, cluster_name)
      .and_then([&](const Cluster* cluster) -> ApiResult {
        std::vector<std::string> arns;
        for (const std::string& name : cluster->services) {
          arns.push_back(ServiceArn(call.account, *cluster, name));
        }
        std::ranges::sort(arns);
        return AnswerPage(call, input,
                          {.member = "serviceArns",
                           .size = arns.size(),
                           .arn = [&](std::size_t i) -> std::string_view { return arns[i]; }});
      });
}

ApiResult DescribeServices(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string cluster_name = input.Text("cluster");
  const std::vector<std::string> wanted = input.Texts("services");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (wanted.empty() || wanted.size() > kMostServices) {
    return FailApi(400, "InvalidParameterException",
                   fmt::format("services must have 1 to {} items.", kMostServices));
  }
  return RequireCluster(call.account, cluster_name).map([&](const Cluster* cluster) {
    std::string found;
    std::string failures;
    for (const std::string& one : wanted) {
      const std::string name(ShortId(one));
      const bool known = cluster->services.contains(name);
      std::string& list = known ? found : failures;
      if (!list.empty()) list += ',';
      list += known ? ServiceJson(call.account, *cluster, name)
                    : Dump({{"arn", one}, {"reason", "MISSING"}});
    }
    return fmt::format(R"({{"services":[{}],"failures":[{}]}})", found, failures);
  });
}

}  // namespace ecsd::sim
