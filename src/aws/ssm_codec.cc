#include "aws/ssm_codec.h"

#include <simdjson.h>

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "aws/ec2_codec.h"
#include "aws/json_answer.h"
#include "aws/json_object.h"
#include "aws/json_writer.h"
#include "core/ip_address.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::Result;

// The longest page (API Reference, DescribeInstanceInformation, MaxResults).
constexpr int kLongestPage = 50;

core::Instance ReadInstance(simdjson::dom::element entry) {
  JsonObject object(entry);
  core::Instance instance{.id = object.Text("InstanceId"), .addresses = {}};
  const auto address = object.Text("IPAddress");
  const auto family = core::FamilyOf(address);
  if (family == core::IpFamily::kV4) instance.addresses.ipv4 = address;
  if (family == core::IpFamily::kV6) instance.addresses.ipv6 = address;
  const bool is_address = address.empty() || family != core::IpFamily::kNone;
  instance.malformed = !object.well_formed() || instance.id.empty() || !is_address;
  return instance;
}

}  // namespace

std::string EncodeDescribeInstanceInformation(std::span<const std::string> ids,
                                              const std::optional<std::string>& token) {
  const auto filter = JsonWriter().Text("Key", "InstanceIds").Texts("Values", ids).Finish();
  JsonWriter request;
  request.Json("Filters", "[" + filter + "]").Number("MaxResults", kLongestPage);
  if (token) request.Text("NextToken", *token);
  return request.Finish();
}

Result<InstancePage> DecodeDescribeInstanceInformation(const std::string& body, JsonParser* again) {
  return DecodeJsonAnswer<InstancePage>(
      body, again, [](JsonObject& object) -> Result<InstancePage> {
        InstancePage page;
        const bool found = object.ForEach(
            "InstanceInformationList",
            [&](simdjson::dom::element entry) { page.items.push_back(ReadInstance(entry)); });
        if (auto token = object.Text("NextToken"); !token.empty())
          page.next_token = std::move(token);
        if (!found || !object.well_formed())
          return MalformedAnswer("has no list named InstanceInformationList");
        return page;
      });
}

}  // namespace ecsd::aws
