#include <benchmark/benchmark.h>

#include <cstddef>

#include "core/reach.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "micro/simulated.h"

namespace ecsd::bench {
namespace {

void ResolveTasks(benchmark::State& state) {
  const auto& records = SimulatedRecords(static_cast<std::size_t>(state.range(0)));
  const core::Selection selection;
  for (auto _ : state) {
    for (std::size_t i = 0; i < records.tasks.size(); ++i) {
      core::References references{.definition = records.definition_of[i]};
      references.instance = &records.instance;
      benchmark::DoNotOptimize(core::ResolveTask(records.tasks[i], references, selection));
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ResolveTasks)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ecsd::bench
