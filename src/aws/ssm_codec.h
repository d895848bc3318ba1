#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/ec2_codec.h"
#include "support/result.h"

namespace ecsd::aws {

struct JsonParser;  // of aws/json_answer.h

// Systems Manager's DescribeInstanceInformation as bytes (AWS JSON 1.1, target AmazonSSM): the only
// place that knows the address of an ECS Anywhere instance (`mi-...`). Pure.

// How many instances one call asks for: the longest page, so that each call has one page. The
// filter InstanceIds may have 100 values (SSM API Reference, InstanceInformationStringFilter).
inline constexpr std::size_t kSsmBatch = 50;

[[nodiscard]] std::string EncodeDescribeInstanceInformation(
    std::span<const std::string> ids, const std::optional<std::string>& token);

// The instances with their IPAddress, which is the agent's primary one. kMalformed when there is no
// InstanceInformationList. An entry that is not well formed, or whose address is none, is marked as
// malformed; its id may be empty.
// `again` as for the decoders of ECS' answers.
[[nodiscard]] support::Result<InstancePage> DecodeDescribeInstanceInformation(
    const std::string& body, JsonParser* again = nullptr);

}  // namespace ecsd::aws
