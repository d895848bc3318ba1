#include "aws/ec2_client.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ec2_codec.h"
#include "aws/endpoint.h"
#include "aws/page.h"
#include "aws/typed_call.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

support::Result<InstancePage> Ec2Client::ReadPage(const InstanceQuery& query,
                                                  const Deadline& deadline) {
  return CallFor(client_, QueryCall(kEc2, "DescribeInstances", EncodeDescribeInstances(query)),
                 DecodeDescribeInstances, deadline);
}

support::Result<std::vector<core::Instance>> Ec2Client::DescribeInstances(
    std::span<const std::string> ids, const Deadline& deadline) {
  return ReadAllPages<core::Instance>(
      "EC2 DescribeInstances", [&](const std::optional<std::string>& token) {
        InstanceQuery query{.ids = ids, .token = token, .include_managed = include_managed_};
        auto page = ReadPage(query, deadline);
        if (page || !query.include_managed || page.error().kind != support::ErrorKind::kUnsupported)
          return page;
        include_managed_ = false;
        query.include_managed = false;
        return ReadPage(query, deadline);
      });
}

}  // namespace ecsd::aws
