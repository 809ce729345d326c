#include "match/short_buffer_matcher.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

#include "match/byte_frequency.h"

namespace culvert {
namespace {

constexpr std::size_t kFewestSlots = 64, kMostSlots = 8192;
constexpr std::size_t kSlotsPerPattern = 8;
/// How much commoner a pair may be so that a slot has one entry less.
constexpr int kCostOfNeighbour = 25;

std::uint8_t byte_at(const std::string& text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

}  // namespace

ShortBufferMatcher::ShortBufferMatcher(const PatternSet& patterns) {
  assert(patterns.size() <= kMostPatterns);
  const std::size_t wanted =
      std::clamp(patterns.size() * kSlotsPerPattern, kFewestSlots, kMostSlots);
  const std::size_t count = std::bit_ceil(wanted);
  shift_ = kPairBits - static_cast<unsigned>(std::countr_zero(count));
  std::vector<std::vector<Entry>> slots(count);
  for (const BytePattern& pattern : patterns.patterns()) file(pattern, slots);
  if (singles_.size() == patterns.size()) return;
  heads_.assign(count, 0);
  entries_.reserve(patterns.size() - singles_.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (slots[i].empty()) continue;
    heads_[i] = static_cast<std::uint16_t>(entries_.size() + 1);
    slots[i].back().is_last = true;
    entries_.insert(entries_.end(), slots[i].begin(), slots[i].end());
  }
}

void ShortBufferMatcher::file(const BytePattern& pattern, std::vector<std::vector<Entry>>& slots) {
  static_assert(MultiPatternMatcher::kMaxPatternSize <= std::numeric_limits<std::uint8_t>::max());
  const std::string& text = pattern.bytes;
  Entry entry{};
  entry.text = static_cast<std::uint32_t>(texts_.size());
  entry.id = pattern.id;
  entry.size = static_cast<std::uint8_t>(text.size());
  entry.nocase = pattern.nocase;
  texts_ += text;
  if (text.size() == 1) {
    singles_.push_back(entry);
    return;
  }
  const std::size_t width = std::min<std::size_t>(text.size(), 4);
  const auto four_at = [&](std::size_t at) {
    std::uint32_t four = 0;
    std::memcpy(&four, text.data() + at, width);
    return four | kFold;
  };
  int best = std::numeric_limits<int>::max();
  std::size_t best_slot = 0;
  for (std::size_t at = 0; at + width <= text.size(); ++at) {
    const std::size_t slot = slot_of(four_at(at));
    const int cost =
        byte_commonness(byte_at(text, at), true) + byte_commonness(byte_at(text, at + 1), true) +
        kCostOfNeighbour * static_cast<int>(std::min<std::size_t>(slots[slot].size(), 1000));
    if (cost >= best) continue;
    best = cost;
    best_slot = slot;
    entry.place = static_cast<std::uint8_t>(at);
  }
  const std::uint32_t ones = 0xffffffff;
  std::memcpy(&entry.mask, &ones, width);
  entry.key = four_at(entry.place) & entry.mask;
  slots[best_slot].push_back(entry);
}

bool ShortBufferMatcher::holds_byte(const Entry& single, const std::uint8_t* bytes,
                                    std::size_t size) const {
  if (size == 0) return false;
  const int byte = static_cast<std::uint8_t>(texts_[single.text]);
  if (std::memchr(bytes, byte, size) != nullptr) return true;
  return single.nocase && byte >= 'a' && byte <= 'z' &&
         std::memchr(bytes, byte - 'a' + 'A', size) != nullptr;
}

}  // namespace culvert
