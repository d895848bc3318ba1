#include "aws/ec2_client.h"

#include <algorithm>
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
#include "aws/ec2_codec.h"
#include "aws/endpoint.h"
#include "aws/query_call.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Result;

Result<InstancePage> ReadPage(const Client& client, const InstanceQuery& query,
                              const Deadline& deadline) {
  InstancePage page;
  const auto decode = [&](const std::string& body) {
    return DecodeDescribeInstances(body).map(
        [&](InstancePage decoded) { page = std::move(decoded); });
  };
  const auto call = QueryCall(kEc2, "DescribeInstances", EncodeDescribeInstances(query));
  if (auto result = client.Call(call, decode, deadline); !result) {
    return tl::unexpected(std::move(result).error());
  }
  return page;
}

}  // namespace

Result<std::vector<core::Instance>> Ec2Client::DescribeInstances(std::span<const std::string> ids,
                                                                 const Deadline& deadline) {
  std::vector<core::Instance> instances;
  InstanceQuery query{.ids = ids, .token = std::nullopt, .include_managed = include_managed_};
  while (true) {
    auto page = ReadPage(client_, query, deadline);
    if (!page && query.include_managed && page.error().kind == ErrorKind::kUnsupported) {
      query.include_managed = false;
      include_managed_ = false;
      continue;
    }
    if (!page) return tl::unexpected(std::move(page).error());
    std::ranges::move(page->instances, std::back_inserter(instances));
    if (!page->next_token) return instances;
    if (page->next_token == query.token) {
      return support::Fail(ErrorKind::kMalformed,
                           "EC2 DescribeInstances: the same nextToken twice in a row");
    }
    query.token = std::move(page->next_token);
  }
}

}  // namespace ecsd::aws
