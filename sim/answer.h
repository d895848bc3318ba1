#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ecsd::sim {

// Which shape errors and bodies have.
enum class Protocol : std::uint8_t { kEcs, kEc2, kSsm, kSts };

// What becomes of the bytes on their way out.
enum class Delivery : std::uint8_t { kWhole, kReset, kTruncated, kHang };

struct Answer {
  unsigned int status = 200;
  std::string content_type;
  std::string body;
  std::string request_id;  // of an AWS answer, else empty
  Delivery delivery = Delivery::kWhole;
};

// An error of the simulated service, by AWS's code.
struct ApiError {
  unsigned int status = 400;
  std::string code;
  std::string message;
};

// Whether the service speaks AWS JSON 1.1; the others speak the Query protocol.
[[nodiscard]] constexpr bool SpeaksJson(Protocol protocol) {
  return protocol == Protocol::kEcs || protocol == Protocol::kSsm;
}

// The body of an answer, or the error.
using ApiResult = tl::expected<std::string, ApiError>;

[[nodiscard]] tl::unexpected<ApiError> FailApi(unsigned int status, std::string_view code,
                                               std::string_view message);

// `ecs`, `ec2`, `ssm` or `sts`: the name in a credential scope and in IAM actions.
[[nodiscard]] std::string_view ServiceName(Protocol protocol);

[[nodiscard]] Answer MakeAnswer(Protocol protocol, const ApiResult& result,
                                std::string_view request_id);

}  // namespace ecsd::sim
