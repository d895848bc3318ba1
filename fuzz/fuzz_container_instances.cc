// ECS DescribeContainerInstances: no record and no failure without an ARN.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/ecs_codec.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

void CheckAnswer(const std::string& body) {
  const auto answer = aws::DecodeDescribeContainerInstances(body);
  const auto again = aws::DecodeDescribeContainerInstances(body);
  Require(answer.has_value() == again.has_value() && (!answer || *answer == *again),
          "decoding is repeatable");
  if (!answer) return;
  for (const auto& instance : answer->items)
    Require(!instance.arn.empty(), "an instance has an ARN");
  for (const auto& failure : answer->failures)
    Require(!failure.arn.empty(), "a failure has an ARN");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckAnswer({reinterpret_cast<const char*>(data), size});
  return 0;
}
