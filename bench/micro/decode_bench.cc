#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/ec2_codec.h"
#include "aws/ecs_codec.h"
#include "aws/json_answer.h"
#include "micro/simulated.h"

namespace ecsd::bench {
namespace {

void DecodeTasks(benchmark::State& state) {
  const auto& answers = SimulatedAnswers(static_cast<std::size_t>(state.range(0)));
  aws::JsonParser again;
  for (auto _ : state) {
    for (const auto& answer : answers.task_answers) {
      benchmark::DoNotOptimize(aws::DecodeDescribeTasks(answer, &again));
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answers.task_bytes));
}
BENCHMARK(DecodeTasks)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// The least that decoding can cost: the same bytes, validated and indexed, nothing kept.
void OnlyParseTasks(benchmark::State& state) {
  const auto& answers = SimulatedAnswers(static_cast<std::size_t>(state.range(0)));
  simdjson::dom::parser parser;
  std::string padded;
  for (auto _ : state) {
    for (const auto& answer : answers.task_answers) {
      padded.reserve(answer.size() + simdjson::SIMDJSON_PADDING);
      padded = answer;
      benchmark::DoNotOptimize(parser.parse(padded).error());
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answers.task_bytes));
}
BENCHMARK(OnlyParseTasks)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void DecodeDefinitions(benchmark::State& state) {
  const auto& answers = SimulatedAnswers(static_cast<std::size_t>(state.range(0)));
  aws::JsonParser again;
  for (auto _ : state) {
    for (const auto& answer : answers.definition_answers) {
      benchmark::DoNotOptimize(aws::DecodeDescribeTaskDefinition(answer, &again));
    }
  }
}
BENCHMARK(DecodeDefinitions)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void DecodeInstances(benchmark::State& state) {
  const auto& answers = SimulatedAnswers(10'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(aws::DecodeDescribeInstances(answers.instance_answer));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(answers.instance_answer.size()));
}
BENCHMARK(DecodeInstances)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ecsd::bench
