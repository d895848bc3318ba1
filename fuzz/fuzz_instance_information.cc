// SSM DescribeInstanceInformation: see fuzz/instance_page.h.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/ssm_codec.h"
#include "fuzz/instance_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decode = [](const std::string& body) {
    return ecsd::aws::DecodeDescribeInstanceInformation(body);
  };
  ecsd::fuzz::CheckInstancePage(decode, {reinterpret_cast<const char*>(data), size});
  return 0;
}
