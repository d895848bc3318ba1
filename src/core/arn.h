#pragma once

#include <optional>
#include <string_view>

namespace ecsd::core {

// An Amazon Resource Name, "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", taken apart (IAM User
// Guide, "Identify AWS resources with Amazon Resource Names"). Parts of the text that was parsed:
// they live as long as it does.
struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view resource;  // "cluster/prod"; may have colons
};

// The parts of `text`, of which any may be empty; nothing where it has fewer. Pure.
[[nodiscard]] std::optional<Arn> ParseArn(std::string_view text);

// The account in an ARN, "123456789012" of "arn:aws:iam::123456789012:role/name"; empty when there
// is none. A part of `arn`.
[[nodiscard]] std::string_view AccountOfArn(std::string_view arn);

// The region in an ARN; empty when there is none. A part of `arn`.
[[nodiscard]] std::string_view RegionOfArn(std::string_view arn);

}  // namespace ecsd::core
