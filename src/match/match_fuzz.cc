// The matchers against naive search. Input: patterns of up to 15 bytes, each after a byte with its
// size (low half) and case (top bit); a size of 0 ends them; the rest is the data.
#include "base/byte_cursor.h"
#include <algorithm>

#include "match/naive_search.h"
#include "match/short_buffer_matcher.h"
#include "match/single_pattern_matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ByteCursor in(std::as_bytes(std::span(data, size)));
  PatternSet set;
  while (!in.empty() && set.size() < 32) {
    const std::uint8_t head = in.u8();
    const std::string_view bytes = as_text(in.take(head & 15u));
    if (bytes.empty()) break;
    set.add(bytes, (head & 0x80) != 0);
  }
  const std::string_view text = as_text(in.rest());
  const auto expected = naive_scan(text, set);
  for (const BytePattern& pattern : set.patterns()) {
    const SinglePatternMatcher single(pattern.bytes, pattern.nocase);
    const std::size_t at = single.find(as_bytes(text));
    const auto found = expected.find(pattern.id);
    const bool agrees = found == expected.end() ? at == SinglePatternMatcher::kNotFound
                                                : at + pattern.bytes.size() == found->second;
    if (!agrees) __builtin_trap();
  }
  const auto matcher = MultiPatternMatcher::compile(set);
  MatchScratch scratch;
  if (!matcher || !scratch.prepare(*matcher)) __builtin_trap();
  std::map<PatternId, std::size_t> found;
  matcher->scan(as_bytes(text), scratch, [&found](PatternId id, std::size_t end) {
    if (!found.emplace(id, end).second) __builtin_trap();
  });
  if (found != expected) __builtin_trap();
  std::map<PatternId, std::size_t> found_short;
  ShortBufferMatcher(set).scan(as_bytes(text), [&](PatternId id) { found_short[id] = 0; });
  const auto same_id = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (!std::ranges::equal(found_short, expected, same_id)) __builtin_trap();
  return 0;
}
