#include "detect/fast_pattern.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <string>
#include <string_view>

#include "base/ascii_case.h"
#include "base/hash.h"
#include "detect/compiled_rule.h"
#include "detect/inspect_size.h"
#include "match/byte_pairs.h"
#include "match/ordinary_traffic.h"

namespace culvert {
namespace {

/// Shorter ones occur by chance.
constexpr std::size_t kRareEnough = 3;

Bytes searched_part(const ContentItem& content) {
  const Bytes bytes = content.bytes;
  const FastPatternWish& wish = content.fast_pattern;
  return wish.chop_length == 0 ? bytes : bytes.subspan(wish.chop_offset, wish.chop_length);
}

/// How much a pattern narrows down: long, and of different bytes.
std::size_t strength(Bytes bytes) {
  std::array<bool, 256> seen{};
  std::size_t different = 0;
  for (const std::byte b : bytes) {
    bool& known = seen[std::to_integer<std::size_t>(b)];
    different += known ? 0 : 1;
    known = true;
  }
  return std::min<std::size_t>(bytes.size(), 24) * 4 + std::min<std::size_t>(different, 12);
}

/// So many bytes of a pattern tell quickly that it is not ordinary.
constexpr std::size_t kProbe = 5;

std::size_t probe_slot(std::string_view lower) {
  constexpr unsigned kSlotBits = 15;
  return hash_bytes(as_bytes(lower.substr(lower.size() - kProbe)), 0) >> (64 - kSlotBits);
}

/// Slots of all that is ordinary.
const std::bitset<1 << 15>& ordinary_slots() {
  static const auto kSlots = [] {
    std::bitset<1 << 15> slots;
    for (const std::string_view text : {kOrdinaryTraffic, kOrdinaryDns}) {
      for (std::size_t end = kProbe; end <= text.size(); ++end) {
        slots.set(probe_slot(text.substr(0, end)));
      }
    }
    return slots;
  }();
  return kSlots;
}

bool is_ordinary(Bytes bytes) {
  const std::string lower = ascii_lower(as_text(bytes));
  if (lower.size() >= kProbe && !ordinary_slots().test(probe_slot(lower))) return false;
  return kOrdinaryTraffic.find(lower) != kOrdinaryTraffic.npos ||
         kOrdinaryDns.find(lower) != kOrdinaryDns.npos;
}

/// Calls with each content that must be there, and its buffer.
template <class Visit>
void each_content(const CompiledRule& rule, Visit&& visit) {
  for (std::size_t i = 0; i < rule.buffers.size(); ++i) {
    const DraftBuffer& buffer = rule.buffers[i];
    if (buffer.kind == DraftBuffer::Kind::kPacketBuffer) continue;
    if (buffer.absent != DraftBuffer::Absent::kNo) continue;
    // A rule on frames is asked about those of its first type.
    if (buffer.kind == DraftBuffer::Kind::kFrame &&
        buffer.frame_type != rule.frame_buffers.front()->frame_type) {
      continue;
    }
    for (const auto& item : buffer.chain) {
      if (item->kind != InspectKind::kContent || item->negated) continue;
      visit(static_cast<const ContentItem&>(*item), static_cast<int>(i));
    }
  }
}

}  // namespace

void choose_fast_pattern(CompiledRule& rule) {
  constexpr std::size_t kWanted = 100000, kRequest = 1000;
  const auto kind_of = [&](int buffer) {
    return rule.buffers[static_cast<std::size_t>(buffer)].kind;
  };
  // A `=>` rule is looked for in requests, where it has something in them.
  const auto is_of_request = [&](int number) {
    const DraftBuffer& buffer = rule.buffers[static_cast<std::size_t>(number)];
    if (!rule.both_sides || buffer.kind != DraftBuffer::Kind::kTransaction) return false;
    if (buffer.direction) return *buffer.direction == Direction::kToServer;
    return std::ranges::any_of(*buffer.protocols,
                               [](const auto& source) { return source.to_server.exists; });
  };
  std::size_t best = 0;
  each_content(rule, [&](const ContentItem& content, int buffer) {
    // Small buffers of a protocol are scanned for less than the payload.
    const std::size_t score = 1 + strength(searched_part(content)) +
                              (kind_of(buffer) == DraftBuffer::Kind::kTransaction ? 12 : 0) +
                              (is_of_request(buffer) ? kRequest : 0) +
                              (content.fast_pattern.wanted ? kWanted : 0);
    if (score <= best) return;
    best = score;
    rule.fast_pattern = &content;
    rule.fast_pattern_buffer = buffer;
  });
  rule.indexed = rule.fast_pattern;
  rule.indexed_buffer = rule.fast_pattern_buffer;
  if (rule.indexed == nullptr || !is_ordinary(searched_part(*rule.indexed))) return;
  // Of the same kind: a rule is tried where its pattern was found, with the packet or the
  // transaction.
  best = 0;
  each_content(rule, [&](const ContentItem& content, int buffer) {
    const Bytes bytes = searched_part(content);
    if (kind_of(buffer) != kind_of(rule.fast_pattern_buffer) || is_ordinary(bytes)) return;
    const std::size_t score = strength(bytes);
    if (score <= best || bytes.size() < kRareEnough) return;
    best = score;
    rule.indexed = &content;
    rule.indexed_buffer = buffer;
  });
}

Bytes searched_window(Bytes pattern) {
  // Fewer bytes after what all traffic has tell too little: "<title>P".
  constexpr std::size_t kOwn = 3;
  // More bytes find hardly less, and cost a fifth more to compile; fewer match too often.
  constexpr std::size_t kShortest = 8;
  if (pattern.size() <= kShortest) return pattern;
  const auto pair_before = [&](std::size_t end) {
    return pair_commonness(std::to_integer<std::uint8_t>(pattern[end - 2]),
                           std::to_integer<std::uint8_t>(pattern[end - 1]));
  };
  const auto ending_at = [&](std::size_t end) {
    const std::size_t size = std::min(end, kLongestSearched);
    return pattern.subspan(end - size, size);
  };
  // The matcher looks at the last three bytes most.
  const auto cost_of = [&](std::size_t end) {
    return 4 * (pair_before(end) + pair_before(end - 1)) + pair_before(end - 2) +
           pair_before(end - 3);
  };
  // Ordinary, hardly more than that, or of its own.
  const auto rank_of = [&](Bytes window) {
    if (is_ordinary(window)) return 0;
    return is_ordinary(window.first(window.size() - kOwn)) ? 1 : 2;
  };
  int best = std::numeric_limits<int>::max(), best_rank = 0;
  std::size_t best_end = kShortest;
  for (std::size_t end = kShortest; end <= pattern.size(); ++end) {
    const int cost = cost_of(end);
    if (best_rank == 2 && cost >= best) continue;
    const int rank = rank_of(ending_at(end));
    if (rank < best_rank || (rank == best_rank && cost >= best)) continue;
    best = cost;
    best_rank = rank;
    best_end = end;
  }
  return ending_at(best_end);
}

bool is_at_end(const ContentItem& content, const InspectChain& chain) {
  const auto is_its_size = [&](const auto& item) {
    if (item->kind != InspectKind::kBsize || item->negated) return false;
    const auto& size = static_cast<const BsizeItem&>(*item);
    return size.op == BsizeItem::Operator::kEqual && size.variable < 0 &&
           size.a == content.bytes.size();
  };
  return content.ends_with || std::ranges::any_of(chain, is_its_size);
}

}  // namespace culvert
