#include "match/end_matcher.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <map>

#include "base/ascii_case.h"

namespace culvert {
namespace {

/// For a first look; comparing the whole follows.
std::uint64_t folded(const void* bytes, std::size_t width) {
  std::uint64_t key = 0;
  switch (width) {  // of known sizes each copy is a load
    case 8:
      std::memcpy(&key, bytes, 8);
      break;
    case 4:
      std::memcpy(&key, bytes, 4);
      break;
    case 2:
      std::memcpy(&key, bytes, 2);
      break;
    default:
      std::memcpy(&key, bytes, 1);
      break;
  }
  return key | kCaseBits;
}

std::uint64_t hash_of(std::uint64_t key) { return key * 0x9e3779b97f4a7c15u; }

}  // namespace

EndMatcher::EndMatcher(const std::vector<BytePattern>& patterns) {
  std::map<std::size_t, std::vector<Entry>> by_width;
  for (const BytePattern& pattern : patterns) {
    const std::size_t size = pattern.bytes.size();
    assert(size != 0 && size <= kLongest);
    const std::size_t width = std::min<std::size_t>(std::bit_floor(size), 8);
    Entry entry{};
    entry.key = folded(pattern.bytes.data() + size - width, width);
    entry.text = static_cast<std::uint32_t>(texts_.size());
    entry.id = pattern.id;
    entry.size = static_cast<std::uint16_t>(size);
    entry.nocase = pattern.nocase;
    texts_ += pattern.bytes;
    by_width[width].push_back(entry);
  }
  entries_.reserve(patterns.size());
  for (const auto& [width, entries] : by_width) {
    const std::size_t slots =
        std::min(std::bit_ceil(std::max<std::size_t>(entries.size() * 2, 2)), kMostSlots);
    Table& table = tables_.emplace_back();
    table.width = width;
    table.shift = 64u - static_cast<unsigned>(std::countr_zero(slots));
    table.heads.assign(slots, 0);
    std::vector<std::vector<Entry>> by_slot(slots);
    for (const Entry& entry : entries) by_slot[hash_of(entry.key) >> table.shift].push_back(entry);
    for (std::size_t i = 0; i < slots; ++i) {
      if (by_slot[i].empty()) continue;
      table.heads[i] = static_cast<std::uint32_t>(entries_.size() + 1);
      by_slot[i].back().is_last = true;
      entries_.insert(entries_.end(), by_slot[i].begin(), by_slot[i].end());
    }
  }
}

void EndMatcher::scan_for(Bytes data, PatternReport report) const {
  for (const Table& table : tables_) {
    if (data.size() < table.width) return;  // the rest is wider
    const std::uint64_t key = folded(data.data() + data.size() - table.width, table.width);
    const std::uint32_t head = table.heads[hash_of(key) >> table.shift];
    if (head == 0) continue;
    for (const Entry* entry = &entries_[head - 1];; ++entry) {
      if (entry->key == key && is_there(*entry, data)) report(entry->id);
      if (entry->is_last) break;
    }
  }
}

bool EndMatcher::is_there(const Entry& entry, Bytes data) const {
  if (entry.size > data.size()) return false;
  const Bytes end = data.last(entry.size);
  const char* const text = texts_.data() + entry.text;
  if (!entry.nocase) return std::memcmp(end.data(), text, entry.size) == 0;
  for (std::size_t i = 0; i < entry.size; ++i) {
    if (ascii_lower(std::to_integer<std::uint8_t>(end[i])) != static_cast<std::uint8_t>(text[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace culvert
