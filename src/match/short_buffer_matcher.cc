#include "match/short_buffer_matcher.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

#include "base/ascii_case.h"
#include "match/byte_frequency.h"

namespace culvert {
namespace {

/// Places that are looked at together.
constexpr std::size_t kBlock = 256;

constexpr std::size_t kFewestSlots = 64, kMostSlots = 8192;
constexpr std::size_t kSlotsPerPattern = 4;
/// Of the filter, each of 16 bits.
constexpr std::size_t kFewestPairs = 64, kMostPairs = 8192;
constexpr std::size_t kPairsPerPattern = 8;
/// How much commoner four bytes may be so that a slot has one entry less.
constexpr int kCostOfNeighbour = 25;

constexpr auto kFourCaseBits = static_cast<std::uint32_t>(kCaseBits);

/// The first four bytes, folded, as they lie in memory; comparing the whole follows.
std::uint32_t four_at(const void* bytes) {
  std::uint32_t four;
  std::memcpy(&four, bytes, 4);
  return four | kFourCaseBits;
}
/// What stands beyond the end is compared with nothing.
std::uint32_t four_at_most(const void* bytes, std::size_t size) {
  std::uint32_t four = 0;
  std::memcpy(&four, bytes, std::min<std::size_t>(size, 4));
  return four | kFourCaseBits;
}

std::uint32_t hash_four(std::uint32_t folded) { return folded * 0x9e3779b1u; }
/// Of the first two bytes of a folded four.
std::uint32_t hash_two(const void* bytes) {
  std::uint16_t two;
  std::memcpy(&two, bytes, 2);
  return (two | (kFourCaseBits & 0xffff)) * 0x9e3779b1u;
}

/// The kind of the two bytes after the first two, 0..15; folding changes nothing.
unsigned tail_kind(std::uint8_t third, std::uint8_t fourth) {
  return (third & 3u) << 2 | (fourth & 3u);
}

std::uint32_t mask_of(std::size_t bytes) {
  const std::uint32_t ones = 0xffffffff;
  std::uint32_t mask = 0;
  std::memcpy(&mask, &ones, bytes);
  return mask;
}

}  // namespace

void ShortBufferMatcher::Index::resize(std::size_t patterns) {
  const std::size_t slots =
      std::bit_ceil(std::clamp(patterns * kSlotsPerPattern, kFewestSlots, kMostSlots));
  heads.assign(slots, 0);
  shift = 32u - static_cast<unsigned>(std::countr_zero(slots));
}

void ShortBufferMatcher::Index::place(std::vector<std::vector<Entry>>& slots,
                                      std::vector<Entry>& entries) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].empty()) continue;
    heads[i] = static_cast<std::uint16_t>(entries.size() + 1);
    slots[i].back().is_last = true;
    entries.insert(entries.end(), slots[i].begin(), slots[i].end());
  }
}

ShortBufferMatcher::ShortBufferMatcher(std::span<const BytePattern> patterns) {
  static_assert(MultiPatternMatcher::kMaxPatternSize <= std::numeric_limits<std::uint8_t>::max());
  assert(patterns.size() <= kMostPatterns);
  std::vector<Entry> long_ones, short_ones;
  for (const BytePattern& pattern : patterns) {
    Entry entry{};
    entry.text = static_cast<std::uint32_t>(texts_.size());
    entry.id = pattern.id;
    entry.size = static_cast<std::uint8_t>(pattern.bytes.size());
    entry.nocase = pattern.nocase;
    texts_ += pattern.bytes;
    (entry.size == 1 ? singles_ : entry.size < 4 ? short_ones : long_ones).push_back(entry);
  }
  entries_.reserve(long_ones.size() + short_ones.size());
  if (!long_ones.empty()) {
    long_.resize(long_ones.size());
    std::vector<std::vector<Entry>> slots(long_.heads.size());
    for (const Entry& entry : long_ones) file_long(entry, slots);
    long_.place(slots, entries_);
  }
  if (!short_ones.empty()) {
    short_.resize(short_ones.size());
    std::vector<std::vector<Entry>> slots(short_.heads.size());
    for (Entry& entry : short_ones) {
      entry.mask = mask_of(entry.size);
      entry.key = four_at_most(texts_.data() + entry.text, entry.size) & entry.mask;
      slots[hash_two(&entry.key) >> short_.shift].push_back(entry);
    }
    short_.place(slots, entries_);
  }
  const std::size_t pairs =
      std::bit_ceil(std::clamp(entries_.size() * kPairsPerPattern, kFewestPairs, kMostPairs));
  filter_.assign(pairs, 0);
  filter_shift_ = 32u - static_cast<unsigned>(std::countr_zero(pairs));
  for (const Entry& entry : entries_) add_to_filter(entry);
}

void ShortBufferMatcher::add_to_filter(const Entry& entry) {
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &entry.key, 4);
  std::uint16_t& kinds = filter_[hash_two(&entry.key) >> filter_shift_];
  for (unsigned i = 0; i < 16; ++i) {  // what the pattern does not say may be anything
    const auto third = entry.size > 2 ? bytes[2] : static_cast<std::uint8_t>(i >> 2);
    const auto fourth = entry.size > 3 ? bytes[3] : static_cast<std::uint8_t>(i);
    kinds = static_cast<std::uint16_t>(kinds | 1u << tail_kind(third, fourth));
  }
}

void ShortBufferMatcher::file_long(Entry entry, std::vector<std::vector<Entry>>& slots) const {
  const char* const text = texts_.data() + entry.text;
  int best = std::numeric_limits<int>::max();
  std::size_t best_slot = 0;
  for (std::size_t at = 0; at + 4 <= entry.size; ++at) {
    const std::uint32_t key = four_at(text + at);
    const std::size_t slot = hash_four(key) >> long_.shift;
    int cost = kCostOfNeighbour * static_cast<int>(std::min<std::size_t>(slots[slot].size(), 1000));
    for (std::size_t i = 0; i < 4; ++i) {
      cost += byte_commonness(static_cast<std::uint8_t>(text[at + i]), true);
    }
    if (cost >= best) continue;
    best = cost;
    best_slot = slot;
    entry.key = key;
    entry.place = static_cast<std::uint8_t>(at);
  }
  entry.mask = mask_of(4);
  slots[best_slot].push_back(entry);
}

/// Of the `count` first places, those where a pattern may be. REQUIRES: three bytes after the last.
std::size_t ShortBufferMatcher::note_places(const std::uint8_t* bytes, std::size_t count,
                                            std::uint8_t* places) const {
  const std::uint16_t* const filter = filter_.data();
  const unsigned shift = filter_shift_;
  std::size_t noted = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t kinds = filter[hash_two(bytes + i) >> shift];
    places[noted] = static_cast<std::uint8_t>(i);
    noted += kinds >> tail_kind(bytes[i + 2], bytes[i + 3]) & 1u;
  }
  return noted;
}

/// What is filed in a slot that is not empty, held against the bytes at one place. Inlined: most
/// slots are met by chance.
[[gnu::always_inline]] inline void ShortBufferMatcher::look(std::uint16_t head, std::uint32_t four,
                                                            Bytes data, std::size_t at,
                                                            Recent& recent,
                                                            PatternReport report) const {
  for (const Entry* entry = &entries_[head - std::size_t{1}];; ++entry) {
    if ((four & entry->mask) == entry->key) hold(*entry, data, at, recent, report);
    if (entry->is_last) return;
  }
}

[[gnu::noinline]] void ShortBufferMatcher::hold(const Entry& entry, Bytes data, std::size_t at,
                                                Recent& recent, PatternReport report) const {
  if (recent.has(entry.id) || !is_there(entry, data, at)) return;
  recent.add(entry.id);
  report(entry.id);
}

void ShortBufferMatcher::scan_for(Bytes data, PatternReport report) const {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
  const std::size_t size = data.size();
  for (const Entry& single : singles_) {
    if (holds_byte(single, data)) report(single.id);
  }
  if (size < 2 || entries_.empty()) return;
  Recent recent;
  const auto look_short = [&](std::size_t at, std::uint32_t four) {
    const std::uint16_t head = short_.head(hash_two(bytes + at));
    if (head != 0) look(head, four, data, at, recent, report);
  };
  std::size_t at = 0;
  std::uint8_t places[kBlock];
  while (at + 4 <= size) {
    const std::size_t count = std::min(kBlock, size - 3 - at);
    const std::size_t noted = note_places(bytes + at, count, places);
    for (std::size_t i = 0; i < noted; ++i) {
      const std::size_t here = at + places[i];
      const std::uint32_t four = four_at(bytes + here);
      if (!long_.empty()) {
        const std::uint16_t head = long_.head(hash_four(four));
        if (head != 0) look(head, four, data, here, recent, report);
      }
      if (!short_.empty()) look_short(here, four);
    }
    at += count;
  }
  if (short_.empty()) return;
  for (; at + 2 <= size; ++at) look_short(at, four_at_most(bytes + at, size - at));
}

bool ShortBufferMatcher::is_there(const Entry& entry, Bytes data, std::size_t at) const {
  if (at < entry.place || data.size() - (at - entry.place) < entry.size) return false;
  const auto* const here = reinterpret_cast<const std::uint8_t*>(data.data()) + at - entry.place;
  const auto* const text = reinterpret_cast<const std::uint8_t*>(texts_.data()) + entry.text;
  if (!entry.nocase && entry.size > 4) {
    return here[0] == text[0] && std::memcmp(here, text, entry.size) == 0;
  }
  if (!entry.nocase) {
    for (std::size_t i = 0; i < entry.size; ++i) {
      if (here[i] != text[i]) return false;
    }
    return true;
  }
  for (std::size_t i = 0; i < entry.size; ++i) {
    if (ascii_lower(here[i]) != text[i]) return false;
  }
  return true;
}

bool ShortBufferMatcher::holds_byte(const Entry& single, Bytes data) const {
  if (data.empty()) return false;
  const int byte = static_cast<std::uint8_t>(texts_[single.text]);
  if (std::memchr(data.data(), byte, data.size()) != nullptr) return true;
  return single.nocase && byte >= 'a' && byte <= 'z' &&
         std::memchr(data.data(), byte - 'a' + 'A', data.size()) != nullptr;
}

}  // namespace culvert
