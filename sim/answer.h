#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/http_request.h"

namespace ecsd::sim {

// Which shape errors and bodies have. The last three hand out credentials and are not signed for:
// the SSO portal, the endpoint of a container's agent and the metadata service of an instance.
enum class Protocol : std::uint8_t { kEcs, kEc2, kSsm, kSts, kPortal, kContainer, kMetadata };

// What becomes of the bytes on their way out.
enum class Delivery : std::uint8_t { kWhole, kReset, kTruncated, kHang };

struct Answer {
  unsigned int status = 200;
  std::string content_type;
  std::string body;
  std::string request_id;  // of an AWS answer, else empty
  Delivery delivery = Delivery::kWhole;
  std::vector<NamedText> headers = {};  // beside the usual ones
  std::chrono::milliseconds delay{0};   // beside the one of all answers
};

// An error of the simulated service, by AWS's code.
struct ApiError {
  unsigned int status = 400;
  std::string code;
  std::string message;
};

// Whether the service speaks AWS JSON 1.1; of the others EC2 and STS speak the Query protocol.
[[nodiscard]] constexpr bool SpeaksJson(Protocol protocol) {
  return protocol == Protocol::kEcs || protocol == Protocol::kSsm;
}

// The body of an answer, or the error.
using ApiResult = tl::expected<std::string, ApiError>;

[[nodiscard]] tl::unexpected<ApiError> FailApi(unsigned int status, std::string_view code,
                                               std::string_view message);

// `ecs`, `ec2`, `ssm`, `sts`, `sso`: the name in a credential scope and in IAM actions; empty for
// what is no service of an account.
[[nodiscard]] std::string_view ServiceName(Protocol protocol);

[[nodiscard]] Answer MakeAnswer(Protocol protocol, ApiResult result, std::string_view request_id);

}  // namespace ecsd::sim
