// ECS ListClusters, ListTasks and DescribeClusters: no empty ARN, no empty token.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/ecs_codec.h"
#include "fuzz/properties.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

template <typename Decode>
void CheckPage(const Decode& decode, const std::string& body) {
  const support::Result<aws::ArnPage> page = decode(body);
  const support::Result<aws::ArnPage> again = decode(body);
  Require(page.has_value() == again.has_value() && (!page || *page == *again),
          "decoding is repeatable");
  if (!page) return;
  Require(std::ranges::none_of(page->items, &std::string::empty), "an ARN is not empty");
  Require(page->next_token != "", "a token is not empty");
}

void CheckClusters(const std::string& body) {
  const auto answer = aws::DecodeDescribeClusters(body);
  const auto again = aws::DecodeDescribeClusters(body);
  Require(answer.has_value() == again.has_value() && (!answer || *answer == *again),
          "decoding is repeatable");
  if (!answer) return;
  for (const auto& cluster : answer->items) Require(!cluster.arn.empty(), "a cluster has an ARN");
  for (const auto& failure : answer->failures)
    Require(!failure.arn.empty(), "a failure has an ARN");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  ecsd::fuzz::CheckPage([](const std::string& text) { return ecsd::aws::DecodeListClusters(text); },
                        body);
  ecsd::fuzz::CheckPage([](const std::string& text) { return ecsd::aws::DecodeListTasks(text); },
                        body);
  ecsd::fuzz::CheckClusters(body);
  return 0;
}
