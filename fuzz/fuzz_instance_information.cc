// SSM DescribeInstanceInformation: see fuzz/instance_page.h.
#include <cstddef>
#include <cstdint>

#include "aws/ssm_codec.h"
#include "fuzz/instance_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckInstancePage(ecsd::aws::DecodeDescribeInstanceInformation,
                                {reinterpret_cast<const char*>(data), size});
  return 0;
}
