#include "aws/ecs_codec.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/ecs_records.h"
#include "aws/json_answer.h"
#include "aws/json_object.h"
#include "aws/json_writer.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using simdjson::dom::element;
using support::Result;

std::string EncodePage(JsonWriter request, const std::optional<std::string>& token,
                       std::optional<int> most) {
  if (token) request.Text("nextToken", *token);
  if (most) request.Number("maxResults", *most);
  return request.Finish();
}

Result<ArnPage> DecodePage(const std::string& body, JsonParser* again, std::string_view list) {
  return DecodeJsonAnswer<ArnPage>(body, again, [&](JsonObject& object) -> Result<ArnPage> {
    ArnPage page;
    bool arns_only = true;
    const bool found = object.ForEach(list, [&](element entry) {
      std::string_view arn;
      if (entry.get_string().get(arn) != simdjson::SUCCESS || arn.empty()) arns_only = false;
      page.items.emplace_back(arn);
    });
    if (auto token = object.Text("nextToken"); !token.empty()) page.next_token = std::move(token);
    if (!found || !arns_only || !object.well_formed()) {
      return MalformedAnswer(fmt::format("has no list of ARNs named {}", list));
    }
    return page;
  });
}

std::vector<Failure> ReadFailures(JsonObject& answer) {
  std::vector<Failure> failures;
  answer.ForEach("failures", [&](element entry) {
    JsonObject object(entry);
    Failure failure{.arn = object.Text("arn"),
                    .reason = object.Text("reason"),
                    .detail = object.Text("detail")};
    if (object.well_formed() && !failure.arn.empty()) failures.push_back(std::move(failure));
  });
  return failures;
}

template <typename T, typename ReadItem>
Result<Described<T>> DecodeDescribed(const std::string& body, JsonParser* again,
                                     std::string_view list, const ReadItem& read) {
  return DecodeJsonAnswer<Described<T>>(
      body, again, [&](JsonObject& object) -> Result<Described<T>> {
        Described<T> described;
        const bool found = object.ForEach(list, [&](element entry) {
          if (auto item = read(entry)) described.items.push_back(*std::move(item));
        });
        if (!found) return MalformedAnswer(fmt::format("has no list named {}", list));
        described.failures = ReadFailures(object);
        return described;
      });
}

std::optional<Cluster> ReadCluster(element entry) {
  JsonObject object(entry);
  Cluster cluster{.arn = object.Text("clusterArn"),
                  .name = object.Text("clusterName"),
                  .status = object.Text("status")};
  if (!object.well_formed() || cluster.arn.empty()) return std::nullopt;
  return cluster;
}

}  // namespace

std::string EncodeListClusters(const std::optional<std::string>& token, std::optional<int> most) {
  return EncodePage(JsonWriter(), token, most);
}

std::string EncodeDescribeClusters(std::span<const std::string> clusters) {
  return JsonWriter().Texts("clusters", clusters).Finish();
}

std::string EncodeListTasks(std::string_view cluster, const std::optional<std::string>& token,
                            std::optional<int> most) {
  return EncodePage(JsonWriter().Text("cluster", cluster), token, most);
}

std::string EncodeDescribeTasks(std::string_view cluster, std::span<const std::string> arns) {
  return JsonWriter().Text("cluster", cluster).Texts("tasks", arns).Finish();
}

std::string EncodeDescribeTaskDefinition(std::string_view arn) {
  return JsonWriter().Text("taskDefinition", arn).Finish();
}

std::string EncodeDescribeContainerInstances(std::string_view cluster,
                                             std::span<const std::string> arns) {
  return JsonWriter().Text("cluster", cluster).Texts("containerInstances", arns).Finish();
}

Result<ArnPage> DecodeListClusters(const std::string& body, JsonParser* again) {
  return DecodePage(body, again, "clusterArns");
}

Result<ArnPage> DecodeListTasks(const std::string& body, JsonParser* again) {
  return DecodePage(body, again, "taskArns");
}

Result<Described<Cluster>> DecodeDescribeClusters(const std::string& body, JsonParser* again) {
  return DecodeDescribed<Cluster>(body, again, "clusters", ReadCluster);
}

Result<Described<core::Task>> DecodeDescribeTasks(const std::string& body, JsonParser* again) {
  return DecodeDescribed<core::Task>(body, again, "tasks", ReadTask);
}

Result<core::TaskDefinition> DecodeDescribeTaskDefinition(const std::string& body,
                                                          JsonParser* again) {
  return DecodeJsonAnswer<core::TaskDefinition>(
      body, again, [](JsonObject& object) -> Result<core::TaskDefinition> {
        const auto member = object.Find("taskDefinition");
        auto definition = member ? ReadTaskDefinition(*member) : std::nullopt;
        if (!definition) return MalformedAnswer("has no well-formed taskDefinition");
        return *std::move(definition);
      });
}

Result<Described<core::ContainerInstance>> DecodeDescribeContainerInstances(const std::string& body,
                                                                            JsonParser* again) {
  return DecodeDescribed<core::ContainerInstance>(body, again, "containerInstances",
                                                  ReadContainerInstance);
}

}  // namespace ecsd::aws
