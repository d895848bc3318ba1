#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/page.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

struct JsonParser;  // of aws/json_answer.h

// The Amazon ECS calls we make, as bytes: request bodies out, answers in. Protocol: AWS JSON 1.1,
// service AmazonEC2ContainerServiceV20141113. All pure. A decoder returns kMalformed for what is no
// JSON object or lacks the one member that the answer is about, and leaves out single entries that
// are not well formed or have no ARN: whoever asked for them sees that they were not answered.
// `again` is a parser to use again, for callers that decode one answer after the other.

// The most names or ARNs that one describe call may carry, and the most that a page of a listing
// holds (Amazon ECS API Reference, DescribeTasks, DescribeContainerInstances, ListTasks,
// ListClusters).
inline constexpr std::size_t kEcsBatch = 100;

using ArnPage = Page<std::string>;

// What a describe call says of something it did not describe; `reason` is MISSING for what does not
// exist.
struct Failure {
  std::string arn;
  std::string reason;
  std::string detail;
  friend bool operator==(const Failure&, const Failure&) = default;
};

template <typename T>
struct Described {
  std::vector<T> items;
  std::vector<Failure> failures;
  friend bool operator==(const Described&, const Described&) = default;
};

struct Cluster {
  std::string arn;
  std::string name;
  std::string status;
  friend bool operator==(const Cluster&, const Cluster&) = default;
};

// `most` is the size of a page, 1 to kEcsBatch; nothing: as large as AWS makes it.
[[nodiscard]] std::string EncodeListClusters(const std::optional<std::string>& token,
                                             std::optional<int> most = std::nullopt);
[[nodiscard]] std::string EncodeDescribeClusters(std::span<const std::string> clusters);
[[nodiscard]] std::string EncodeListTasks(std::string_view cluster,
                                          const std::optional<std::string>& token,
                                          std::optional<int> most = std::nullopt);
[[nodiscard]] std::string EncodeDescribeTasks(std::string_view cluster,
                                              std::span<const std::string> arns);
[[nodiscard]] std::string EncodeDescribeTaskDefinition(std::string_view arn);
[[nodiscard]] std::string EncodeDescribeContainerInstances(std::string_view cluster,
                                                           std::span<const std::string> arns);

[[nodiscard]] support::Result<ArnPage> DecodeListClusters(const std::string& body,
                                                          JsonParser* again = nullptr);
[[nodiscard]] support::Result<Described<Cluster>> DecodeDescribeClusters(
    const std::string& body, JsonParser* again = nullptr);
[[nodiscard]] support::Result<ArnPage> DecodeListTasks(const std::string& body,
                                                       JsonParser* again = nullptr);
[[nodiscard]] support::Result<Described<core::Task>> DecodeDescribeTasks(
    const std::string& body, JsonParser* again = nullptr);
[[nodiscard]] support::Result<core::TaskDefinition> DecodeDescribeTaskDefinition(
    const std::string& body, JsonParser* again = nullptr);
[[nodiscard]] support::Result<Described<core::ContainerInstance>> DecodeDescribeContainerInstances(
    const std::string& body, JsonParser* again = nullptr);

}  // namespace ecsd::aws
