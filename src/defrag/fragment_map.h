// One datagram under way: its fragments, and for each byte which of them it comes from.
//
//     policy kFirst:   AAAAAAAA--------      fragment A, bytes 0..8
//                      ----BBBBBBBB----      fragment B, bytes 4..12: the first 4 lose
//     pieces:          AAAAAAAABBBB          [0,8) of A, [8,12) of B
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "defrag/defrag_options.h"

namespace culvert {

/// Memory is kept by clear(), so that one that is used again does not allocate.
class FragmentMap {
 public:
  void clear();

  enum class Outcome : std::uint8_t {
    kAdded,
    kOverlap,  ///< added; some of its bytes were there before
    kTooLarge, ///< reaches beyond the largest datagram; not added
  };
  /// `offset` counts bytes of the datagram's fragmentable part. `last`: no more fragments follow it.
  Outcome add(Bytes data, std::uint32_t offset, bool last, FragmentPolicy policy);

  /// All bytes from 0 to the end are there.
  bool is_complete() const;
  /// REQUIRES: is_complete().
  std::size_t size() const { return total_; }
  /// Appends the fragmentable part to `out`. REQUIRES: is_complete().
  void append_to(std::vector<std::byte>& out) const;

  std::size_t fragment_count() const { return fragments_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const {
    return data_.capacity() + fragments_.capacity() * sizeof(Fragment) +
           (pieces_.capacity() + scratch_.capacity()) * sizeof(Piece);
  }

  static constexpr std::uint32_t kMaxDatagram = 65535;

 private:
  struct Fragment {
    std::uint32_t begin, end;  ///< in the datagram
    std::uint32_t data_at;     ///< of its first byte, in data_
  };
  struct Piece {
    std::uint32_t begin, end;
    std::uint32_t fragment;
  };
  static bool wins(const Fragment& fresh, const Fragment& old, FragmentPolicy policy);

  std::vector<std::byte> data_;
  std::vector<Fragment> fragments_;
  std::vector<Piece> pieces_;  ///< sorted, disjoint
  std::vector<Piece> scratch_;
  std::uint32_t total_ = 0;    ///< end of the last fragment, once it has come
  bool has_last_ = false;
};

}  // namespace culvert
