#include "aws/ssm_client.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/page.h"
#include "aws/ssm_codec.h"
#include "aws/typed_call.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

support::Result<std::vector<core::Instance>> SsmClient::DescribeInstanceInformation(
    std::span<const std::string> ids, const Deadline& deadline) const {
  return ReadAllPages<core::Instance>(
      "SSM DescribeInstanceInformation", [&](const std::optional<std::string>& token) {
        return CallFor(client_,
                       JsonCall(kSsm, "AmazonSSM", "DescribeInstanceInformation",
                                EncodeDescribeInstanceInformation(ids, token)),
                       DecodeDescribeInstanceInformation, deadline);
      });
}

}  // namespace ecsd::aws
