// One content in one buffer: the ways to search it. `find` is ours; memmem and naive are to
// compare.
#include <benchmark/benchmark.h>

#include <cstring>

#include "match/naive_search.h"
#include "match/single_pattern_matcher.h"
#include "match/traffic_sample.h"

namespace {

using namespace culvert;

constexpr const char* kPatterns[] = {"X", "id=", "session-token", "ActiveXObject"};

struct Sample {
  explicit Sample(const benchmark::State& state)
      : pattern(kPatterns[static_cast<std::size_t>(state.range(0))]),
        data(traffic_sample(static_cast<std::size_t>(state.range(1)))) {}
  std::string pattern, data;
};

void count(benchmark::State& state, const Sample& sample) {
  state.SetLabel(sample.pattern);
  state.SetBytesProcessed(static_cast<std::int64_t>(sample.data.size()) * state.iterations());
}

/// All occurrences, one after the other, as a rule with relative contents would.
void find(benchmark::State& state) {
  const Sample sample(state);
  const bool nocase = state.range(2) != 0;
  const SinglePatternMatcher matcher(sample.pattern, nocase);
  const Bytes data = as_bytes(sample.data);
  if (matcher.find(data) != naive_find(sample.data, sample.pattern, nocase))
    return state.SkipWithError("finds the wrong place");
  for (auto _ : state) {
    for (std::size_t at = 0; (at = matcher.find(data, at)) != SinglePatternMatcher::kNotFound; ++at)
      benchmark::DoNotOptimize(at);
  }
  count(state, sample);
}

void memmem_case_sensitive(benchmark::State& state) {
  const Sample sample(state);
  for (auto _ : state) {
    for (std::string_view rest = sample.data;;) {
      const void* const at =
          ::memmem(rest.data(), rest.size(), sample.pattern.data(), sample.pattern.size());
      if (at == nullptr) break;
      benchmark::DoNotOptimize(at);
      rest.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(at) - rest.data()) + 1);
    }
  }
  count(state, sample);
}

BENCHMARK(find)
    ->ArgNames({"pattern", "bytes", "nocase"})
    ->ArgsProduct({{0, 1, 2, 3}, {12, 40, 200, 4096}, {0, 1}});
BENCHMARK(memmem_case_sensitive)
    ->ArgNames({"pattern", "bytes"})
    ->ArgsProduct({{0, 1, 2, 3}, {12, 40, 200, 4096}});

}  // namespace
