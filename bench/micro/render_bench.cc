#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

#include "core/render.h"
#include "micro/simulated.h"

namespace ecsd::bench {
namespace {

void RenderTargetsYaml(benchmark::State& state) {
  const auto& targets = SimulatedTargets(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = core::RenderYaml(targets).size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(RenderTargetsYaml)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void RenderTargetsJson(benchmark::State& state) {
  const auto& targets = SimulatedTargets(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = core::RenderJson(targets).size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(RenderTargetsJson)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ecsd::bench
