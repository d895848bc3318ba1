// EC2 DescribeInstances: no instance without an id, and no address that is none.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/ec2_codec.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

void CheckAnswer(const std::string& body) {
  const auto page = aws::DecodeDescribeInstances(body);
  const auto again = aws::DecodeDescribeInstances(body);
  Require(page.has_value() == again.has_value() && (!page || *page == *again),
          "decoding is repeatable");
  if (!page) return;
  for (const auto& instance : page->items) {
    Require(!instance.id.empty(), "an instance has an id");
    CheckAddresses(instance.addresses);
  }
  Require(page->next_token != "", "a token is not empty");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckAnswer({reinterpret_cast<const char*>(data), size});
  return 0;
}
