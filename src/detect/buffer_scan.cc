// Scans of one buffer for the fast patterns of the rules about it.

#include <algorithm>

#include "base/ticks.h"
#include "detect/detector_impl.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"

namespace culvert {
namespace {

/// A list of rules of a prefilter: twice its pattern, and one more of those at the end.
std::span<const std::uint32_t> rules_of(const Prefilter& prefilter, std::uint32_t list) {
  return list % 2 == 0 ? prefilter.rules_of(list / 2) : prefilter.at_end->rules_of(list / 2);
}

/// Calls with the list of rules of each pattern that is found.
template <class OnList>
void find_lists(const Prefilter& prefilter, Bytes bytes, MatchScratch& scratch, OnList&& on_list) {
  if (prefilter.at_end != nullptr) {
    prefilter.at_end->matcher.scan(bytes, [&](PatternId pattern) { on_list(pattern * 2 + 1); });
  }
  if (prefilter.empty()) return;  // all of its patterns are at the end
  if (bytes.size() <= ShortBufferMatcher::kLongest && prefilter.short_matcher != nullptr) {
    prefilter.short_matcher->scan(bytes, [&](PatternId pattern) { on_list(pattern * 2); });
  } else {
    prefilter.matcher->scan(bytes, scratch,
                            [&](PatternId pattern, std::size_t) { on_list(pattern * 2); });
  }
}

bool is_number(const NumberOrVariable& number) { return number.variable < 0; }

/// Whether what a step says of some bytes depends on these and the steps before it alone.
bool is_about_bytes(const InspectItem& item) {
  switch (item.kind) {
    case InspectKind::kContent: {
      const auto& content = static_cast<const ContentItem&>(item);
      return content.replacement.empty() && is_number(content.offset) && is_number(content.depth) &&
             is_number(content.distance) && is_number(content.within);
    }
    case InspectKind::kIsDataAt:
      return is_number(static_cast<const IsDataAtItem&>(item).at);
    case InspectKind::kBsize:
      return static_cast<const BsizeItem&>(item).variable < 0;
    case InspectKind::kPcre:
    case InspectKind::kByteTest:
    case InspectKind::kByteJump:
    case InspectKind::kByteExtract:
    case InspectKind::kByteMath:
    case InspectKind::kCustom:
      break;
  }
  return false;
}

/// What is remembered of a scan: a list as above, or one rule of it.
constexpr std::uint32_t kOneRule = std::uint32_t{1} << 31;

}  // namespace

void Detector::Impl::scan(const Prefilter& prefilter, Bytes bytes) {
  if (prefilter.empty() && prefilter.at_end == nullptr) return;
  const std::uint64_t begin = watch != nullptr ? read_ticks() : 0;
  find_lists(prefilter, bytes, scratch,
             [&](std::uint32_t list) { add_candidates(rules_of(prefilter, list)); });
  if (watch != nullptr) [[unlikely]]
    watch->on_scan(*this, prefilter, bytes, read_ticks() - begin);
}

/// Whether a rule cannot match where it was found: by what it says of the bytes, and so for good.
bool Detector::Impl::bytes_rule_out(const CompiledRule& rule, const InspectBuffer& buffer) {
  if (rule.both_sides || rule.indexed_buffer < 0) return false;
  const InspectChain& chain = rule.buffers[static_cast<std::size_t>(rule.indexed_buffer)].chain;
  const auto is_simple = [](const auto& item) { return is_about_bytes(*item); };
  return std::ranges::all_of(chain, is_simple) && !chain_matches(chain, buffer);
}

void Detector::Impl::scan_value(std::uint16_t number, const Prefilter& prefilter,
                                const InspectBuffer& buffer) {
  // Whoever looks on wants to see what it costs.
  if (watch != nullptr || buffer.offset != 0 || !buffer.end) return scan(prefilter, buffer.bytes);
  constexpr std::size_t kMostTried = 64;  // rules of a list
  recent_scans.scan(
      number, buffer.bytes,
      [&](auto&& note) { find_lists(prefilter, buffer.bytes, scratch, note); },
      [&](std::uint32_t found, auto&& keep) {
        const std::span<const std::uint32_t> rules = rules_of(prefilter, found);
        if (rules.size() > kMostTried) return keep(found);
        for (const std::uint32_t rule : rules) {
          if (!bytes_rule_out(*program->all[rule], buffer)) keep(kOneRule | rule);
        }
      },
      [&](std::uint32_t found) {
        const std::uint32_t rule = found & ~kOneRule;
        add_candidates((found & kOneRule) != 0 ? std::span(&rule, 1) : rules_of(prefilter, found));
      });
}

}  // namespace culvert
