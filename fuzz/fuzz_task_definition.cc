// ECS DescribeTaskDefinition: a decoded definition is well formed, and a fixed task with a
// container of each of its names resolves against it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aws/ecs_codec.h"
#include "core/port.h"
#include "core/records.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

core::NetworkBinding Bound(std::string_view container, std::string_view host, std::string bind_ip) {
  return {.bind_ip = std::move(bind_ip),
          .protocol = core::Protocol::kTcp,
          .container = core::ParsePortRange(container).value_or(core::PortRange{}),
          .host = core::ParsePortRange(host)};
}

core::Task TaskOf(const core::TaskDefinition& definition) {
  core::Task task{.arn = "task",
                  .cluster_arn = "cluster",
                  .definition_arn = definition.arn,
                  .container_instance_arn = "instance",
                  .group = "service:web",
                  .desired_status = "RUNNING",
                  .last_status = "RUNNING",
                  .has_network_interface = definition.containers.size() % 2 == 1,
                  .interface_addresses = {},
                  .containers = {}};
  if (task.has_network_interface) task.interface_addresses.ipv6 = "2001:db8::1";
  for (const auto& container : definition.containers) {
    task.containers.push_back({.arn = "container",
                               .name = container.name,
                               .last_status = "RUNNING",
                               .addresses = {},
                               .bindings = {Bound("8080-8080", "32768-32768", "0.0.0.0"),
                                            Bound("8080-8080", "32769-32769", "::"),
                                            Bound("9000-9999", "40000-40999", "10.0.7.7")}});
  }
  return task;
}

void CheckAnswer(const std::string& body) {
  const auto definition = aws::DecodeDescribeTaskDefinition(body);
  const auto again = aws::DecodeDescribeTaskDefinition(body);
  Require(definition.has_value() == again.has_value() && (!definition || *definition == *again),
          "decoding is repeatable");
  if (!definition) return;
  CheckDefinition(*definition);
  const auto task = TaskOf(*definition);
  for (const auto& selection : {ByPortLabel(), ByDynamicDetection(), ByFilter()}) {
    CheckOutcomes(task, *definition, selection);
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckAnswer({reinterpret_cast<const char*>(data), size});
  return 0;
}
