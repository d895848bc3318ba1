// ECS DescribeTasks: decoded tasks are well formed, and resolve against a fixed definition in every
// network mode.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "aws/ecs_codec.h"
#include "core/port.h"
#include "core/records.h"
#include "core/resolve.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

core::ContainerDefinition Container(std::string name, std::string port, std::uint16_t mapped) {
  return {.name = std::move(name),
          .image = "image",
          .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", std::move(port)},
                            {std::string(core::kDynamicLabel), "1"},
                            {"TEAM", "a"}},
          .port_mappings = {
              {.container = {.first = mapped, .last = mapped}, .protocol = core::Protocol::kTcp}}};
}

// The containers have the names, and two of them the ports, of the accounts that the seeds come
// from.
core::TaskDefinition DefinitionIn(std::string mode) {
  return {.arn = "definition",
          .family = "web",
          .revision = 7,
          .network_mode = std::move(mode),
          .containers = {Container("c0", "8080", 8080), Container("c1", "5001", 5001),
                         Container("c2", "9105", 9105)}};
}

void CheckAnswer(const std::string& body) {
  static const std::array definitions = {DefinitionIn("awsvpc"), DefinitionIn("bridge"),
                                         DefinitionIn("host"),   DefinitionIn("none"),
                                         DefinitionIn(""),       DefinitionIn("new mode")};
  const auto answer = aws::DecodeDescribeTasks(body);
  const auto again = aws::DecodeDescribeTasks(body);
  Require(answer.has_value() == again.has_value() && (!answer || *answer == *again),
          "decoding is repeatable");
  if (!answer) return;
  for (const auto& failure : answer->failures)
    Require(!failure.arn.empty(), "a failure has an ARN");
  for (const auto& task : answer->items) {
    CheckTask(task);
    for (const auto& definition : definitions) {
      for (const auto& selection : {ByPortLabel(), ByDynamicDetection(), ByFilter()}) {
        CheckOutcomes(task, definition, selection);
      }
    }
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckAnswer({reinterpret_cast<const char*>(data), size});
  return 0;
}
