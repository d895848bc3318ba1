// Refusals: whatever a service or a proxy answers becomes one line with a kind.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/service_error.h"
#include "fuzz/properties.h"
#include "http/transport.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

void CheckRefusal(const http::Response& response) {
  const auto error = aws::ReadServiceError(response);
  Require(error == aws::ReadServiceError(response), "decoding is repeatable");
  Require(!error.code.empty(), "a refusal has a code");
  const auto made = aws::MakeError("ECS ListTasks", "ecs:ListTasks", error, response);
  Require(made.kind == aws::KindOf(error, response), "the kind is decided by the code");
  Require(made.message.starts_with("ECS ListTasks: "), "a message names its call");
  CheckMessage(made.message);
}

// The first line also stands in the header x-amzn-errortype.
void CheckBody(const std::string& body) {
  const std::string line = body.substr(0, body.find('\n'));
  for (const long status : std::array{400L, 403L, 429L, 503L}) {
    for (const int ahead : {0, 1000}) {
      http::Response response{.status = status, .body = body};
      if (ahead != 0) response.clock_ahead = std::chrono::seconds(ahead);
      CheckRefusal(response);
      response.error_type = line;
      CheckRefusal(response);
    }
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckBody({reinterpret_cast<const char*>(data), size});
  return 0;
}
