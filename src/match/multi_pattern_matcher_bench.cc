// What a scan costs, and why single bytes are kept out of the database. Arguments: patterns of 4 to
// 23 bytes, patterns of 1 to 3 bytes, whether single bytes are apart, bytes a scan. Tried and
// dropped: a bitmap of pairs of bytes for patterns of 2 and 3 bytes (4.8 us for 10000 + 188
// patterns and 1400 bytes, where this takes 3.4), and a database of their own (4.2).
#include <benchmark/benchmark.h>

#include "match/multi_pattern_matcher.h"
#include "match/naive_search.h"
#include "match/traffic_sample.h"

namespace {

using namespace culvert;

PatternSet make_patterns(std::size_t long_ones, std::size_t short_ones) {
  std::mt19937 random(5);
  PatternSet set;
  while (set.size() < long_ones) set.add(pattern_sample(4 + random() % 20, random), random() % 2);
  for (std::size_t i = 0; i < short_ones; ++i) {
    // The sizes as in the Emerging Threats rules: of 188, 9 of one byte and 62 of two.
    const std::size_t size = i % 20 == 0 ? 1 : 2 + (i % 3 == 0 ? 0 : 1);
    set.add(pattern_sample(size, random), false);
  }
  return set;
}

void scan(benchmark::State& state) {
  const auto argument = [&state](std::size_t i) {
    return static_cast<std::size_t>(state.range(i));
  };
  const PatternSet patterns = make_patterns(argument(0), argument(1));
  const auto matcher = MultiPatternMatcher::compile(patterns, argument(2) != 0);
  const std::size_t size = argument(3);
  const std::string data = traffic_sample(std::max<std::size_t>(size, 1u << 18));
  MatchScratch scratch;
  if (!matcher || !scratch.prepare(*matcher)) return state.SkipWithError("does not compile");

  std::map<PatternId, std::size_t> found;
  const std::string_view first = std::string_view(data).substr(0, 1400);
  matcher->scan(as_bytes(first), scratch,
                [&found](PatternId id, std::size_t end) { found[id] = end; });
  if (found != naive_scan(first, patterns)) return state.SkipWithError("finds the wrong ones");

  std::size_t at = 0, matches = 0;
  for (auto _ : state) {
    matcher->scan(as_bytes(std::string_view(data).substr(at, size)), scratch,
                  [&matches](PatternId, std::size_t) { ++matches; });
    at = at + 2 * size <= data.size() ? at + size : 0;
  }
  benchmark::DoNotOptimize(matches);
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
}

BENCHMARK(scan)
    ->ArgNames({"long", "short", "apart", "bytes"})
    ->ArgsProduct({{0, 300, 10000}, {0, 20, 188}, {0, 1}, {64, 1400}});

}  // namespace
