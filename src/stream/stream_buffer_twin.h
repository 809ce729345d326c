// The obvious reassembler, as the judge of StreamBuffer: for each byte of the stream, what is there
// and which segment owns it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "stream/overlap_policy.h"
#include "stream/stream_buffer.h"

namespace culvert {

class StreamBufferTwin {
 public:
  void insert(std::int64_t offset, Bytes bytes, OsPolicy policy, std::uint64_t fixed) {
    const std::int64_t end = offset + static_cast<std::int64_t>(bytes.size());
    for (std::int64_t at = std::max<std::int64_t>(offset, static_cast<std::int64_t>(begin_)); at < end;
         ++at) {
      const auto place = static_cast<std::uint64_t>(at);
      const auto old = bytes_.find(place);
      if (old != bytes_.end()) {
        if (place < fixed) continue;
        if (!new_segment_wins(policy, offset - old->second.begin, end - old->second.end)) continue;
      }
      bytes_[place] = {bytes[static_cast<std::size_t>(at - offset)], offset, end};
    }
  }
  void discard(std::uint64_t offset) {
    begin_ = std::max(begin_, offset);
    bytes_.erase(bytes_.begin(), bytes_.lower_bound(begin_));
  }
  std::vector<std::byte> in_order_from(std::uint64_t offset) const {
    std::vector<std::byte> out;
    for (auto at = bytes_.find(offset); at != bytes_.end() && at->first == offset + out.size(); ++at) {
      out.push_back(at->second.value);
    }
    return out;
  }
  std::uint64_t next_present(std::uint64_t offset) const {
    const auto at = bytes_.lower_bound(offset);
    return at == bytes_.end() ? ~std::uint64_t{0} : at->first;
  }
  std::uint64_t begin() const { return begin_; }

 private:
  struct Owned {
    std::byte value;
    std::int64_t begin, end;
  };
  std::map<std::uint64_t, Owned> bytes_;
  std::uint64_t begin_ = 0;
};

/// Plays `script` on both: five bytes a step. Says what differs, or nothing.
inline const char* compare_with_twin(Bytes script, OsPolicy policy) {
  BlockPool blocks(4u << 20);
  SegmentPool segments(blocks);
  StreamBuffer buffer(0);
  StreamBufferTwin twin;
  std::uint64_t fixed = 0;
  std::vector<std::byte> data;
  for (std::size_t at = 0; at + 5 <= script.size(); at += 5) {
    const auto u8 = [&](std::size_t i) { return std::to_integer<std::uint32_t>(script[at + i]); };
    const std::uint32_t what = u8(0);
    const std::int64_t offset = static_cast<std::int64_t>(twin.begin()) + (u8(1) | (u8(2) & 1) << 8) -
                                16;
    if (what % 8 == 0) {
      const std::uint64_t to = twin.begin() + u8(3) % 64;
      buffer.discard(segments, to);
      twin.discard(to);
      fixed = std::max(fixed, to);
    } else if (what % 8 == 1) {
      fixed = std::max(fixed, twin.begin() + u8(3) % 32);
    } else {
      data.assign(u8(3) % 100 + 1, static_cast<std::byte>(u8(4)));
      buffer.insert(blocks, segments, offset, data, policy, fixed);
      twin.insert(offset, data, policy, fixed);
    }
    if (buffer.begin() != twin.begin()) return "begin";
    for (std::uint64_t from = twin.begin(); from < twin.begin() + 40; ++from) {
      const auto want = twin.in_order_from(from);
      const Bytes have = buffer.in_order_from(segments, from);
      if (!std::equal(have.begin(), have.end(), want.begin(), want.end())) return "bytes";
      const std::uint64_t present = twin.next_present(from);
      if (present != ~std::uint64_t{0} && buffer.next_present(segments, from) != present) {
        return "next present";
      }
    }
  }
  buffer.clear(blocks, segments);
  return nullptr;
}

}  // namespace culvert
