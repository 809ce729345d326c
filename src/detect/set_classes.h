// Which of a rule set's address (or port) sets contain a value, answered for all sets at once: the
// number line is cut where any set begins or ends, and each piece knows its sets as a row of bits.
// A rule's header check is then a bit test for each of its four sets.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "net/address.h"
#include "rule/address_set.h"
#include "rule/port_set.h"

namespace culvert {

/// A row of bits, one for each set. Views the SetClasses it came from.
class SetRow {
 public:
  SetRow() = default;
  explicit SetRow(const std::uint64_t* words) : words_(words) {}
  /// REQUIRES: a row of classes that have that set.
  bool has(std::uint16_t set) const { return (words_[set >> 6] >> (set & 63) & 1) != 0; }

 private:
  const std::uint64_t* words_ = nullptr;
};

/// Pieces of the values of one type. Number is unsigned.
template <class Number>
class NumberClasses {
 public:
  void build(const std::vector<const IntervalSet<Number>*>& sets) {
    words_ = (sets.size() + 63) / 64;
    if (words_ == 0) words_ = 1;
    struct Edge {
      Number at;
      std::uint32_t set;
      bool enter;
    };
    std::vector<Edge> edges;
    for (std::uint32_t i = 0; i < sets.size(); ++i) {
      for (const auto& interval : sets[i]->intervals()) {
        edges.push_back({interval.first, i, true});
        if (interval.last != IntervalSet<Number>::kMax) {
          edges.push_back({static_cast<Number>(interval.last + 1), i, false});
        }
      }
    }
    // Leaving comes before entering, so that intervals that touch stay.
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
      return a.at != b.at ? a.at < b.at : a.enter < b.enter;
    });
    std::map<std::vector<std::uint64_t>, std::uint32_t> known;
    std::vector<std::uint64_t> row(words_);
    const auto add = [&](Number at) {
      auto [found, is_new] = known.emplace(row, static_cast<std::uint32_t>(known.size()));
      if (is_new) rows_.insert(rows_.end(), row.begin(), row.end());
      starts_.push_back(at);
      classes_.push_back(found->second);
    };
    add(0);
    for (std::size_t i = 0; i < edges.size();) {
      const Number at = edges[i].at;
      for (; i < edges.size() && edges[i].at == at; ++i) {
        const std::uint64_t bit = std::uint64_t{1} << (edges[i].set % 64);
        if (edges[i].enter) {
          row[edges[i].set / 64] |= bit;
        } else {
          row[edges[i].set / 64] &= ~bit;
        }
      }
      if (at == 0) {
        starts_.clear();
        classes_.clear();
      }
      add(at);
    }
    cut_slices();
  }
  std::uint32_t class_of(Number value) const {
    auto from = starts_.begin(), to = starts_.end();
    if (!slices_.empty()) {
      const auto slice = static_cast<std::size_t>(value >> (kBits - kSliceBits));
      to = from + slices_[slice + 1];
      from += slices_[slice];
    }
    const auto next = std::upper_bound(from, to, value);
    return classes_[static_cast<std::size_t>(next - starts_.begin()) - 1];
  }
  SetRow row(std::uint32_t number) const { return SetRow(rows_.data() + number * words_); }
  std::uint32_t class_count() const { return static_cast<std::uint32_t>(rows_.size() / words_); }

 private:
  static constexpr std::size_t kBits = sizeof(Number) * 8, kSliceBits = 16, kFewPieces = 64;
  /// Where many pieces are, a table by the first bits of a value says between which to look.
  void cut_slices() {
    slices_.clear();
    if (starts_.size() < kFewPieces) return;
    slices_.resize((std::size_t{1} << kSliceBits) + 1, static_cast<std::uint32_t>(starts_.size()));
    std::size_t piece = 0;
    for (std::size_t slice = 0; slice + 1 < slices_.size(); ++slice) {
      const Number first = static_cast<Number>(static_cast<Number>(slice) << (kBits - kSliceBits));
      while (piece < starts_.size() && starts_[piece] < first) ++piece;
      slices_[slice] = static_cast<std::uint32_t>(piece);
    }
  }

  std::vector<std::uint32_t> slices_;  ///< by the first bits: the first piece that begins there or later
  std::vector<Number> starts_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::uint64_t> rows_;
  std::size_t words_ = 1;
};

/// The address sets of a rule set, numbered by add().
class AddressClasses {
 public:
  static constexpr std::uint16_t kAny = 0xffff;
  std::uint16_t add(const std::shared_ptr<const AddressSet>& set) {
    if (set->is_any()) return kAny;
    const auto [found, is_new] = ids_.emplace(set.get(), static_cast<std::uint16_t>(sets_.size()));
    if (is_new) sets_.push_back(set);
    return found->second;
  }
  void build() {
    std::vector<const AddressSet::V4*> v4;
    std::vector<const AddressSet::V6*> v6;
    for (const auto& set : sets_) {
      v4.push_back(&set->v4());
      v6.push_back(&set->v6());
    }
    v4_.build(v4);
    v6_.build(v6);
  }
  SetRow row(const IpAddress& address) const {
    return address.is_v4() ? v4_.row(v4_.class_of(address.v4_value()))
                           : v6_.row(v6_.class_of(AddressSet::number(address)));
  }

 private:
  std::vector<std::shared_ptr<const AddressSet>> sets_;
  std::map<const AddressSet*, std::uint16_t> ids_;
  NumberClasses<std::uint32_t> v4_;
  NumberClasses<Uint128> v6_;
};

/// The same for ports, with a table of all of them: in blocks, of which equal ones are one, as each
/// client brings ports that have not been seen for long. It stays in the core's first-level cache.
class PortClasses {
 public:
  static constexpr std::uint16_t kAny = 0xffff;
  std::uint16_t add(const std::shared_ptr<const PortSet>& set) {
    if (set->is_all()) return kAny;
    const auto [found, is_new] = ids_.emplace(set.get(), static_cast<std::uint16_t>(sets_.size()));
    if (is_new) sets_.push_back(set);
    return found->second;
  }
  void build() {
    std::vector<const PortSet*> sets;
    for (const auto& set : sets_) sets.push_back(set.get());
    classes_.build(sets);
    sizes_.assign(classes_.class_count(), 0);
    blocks_.clear();
    std::map<Block, std::uint16_t> known;
    for (std::uint32_t first = 0; first < 65536; first += kBlockPorts) {
      Block block;
      for (std::uint32_t i = 0; i < kBlockPorts; ++i) {
        block[i] = static_cast<std::uint16_t>(
            classes_.class_of(static_cast<std::uint16_t>(first + i)));
        ++sizes_[block[i]];
      }
      const auto next = static_cast<std::uint16_t>(blocks_.size());
      const auto [found, is_new] = known.emplace(block, next);
      if (is_new) blocks_.push_back(block);
      block_of_[first / kBlockPorts] = found->second;
    }
  }
  std::uint16_t class_of(std::uint16_t port) const {
    return blocks_[block_of_[port / kBlockPorts]][port % kBlockPorts];
  }
  std::uint32_t size_of_class(std::uint32_t number) const { return sizes_[number]; }
  SetRow row(std::uint16_t port) const { return classes_.row(class_of(port)); }
  SetRow row_of_class(std::uint32_t number) const { return classes_.row(number); }
  std::uint32_t class_count() const { return classes_.class_count(); }

 private:
  std::vector<std::shared_ptr<const PortSet>> sets_;
  std::map<const PortSet*, std::uint16_t> ids_;
  NumberClasses<std::uint16_t> classes_;
  static constexpr std::uint32_t kBlockPorts = 64;
  using Block = std::array<std::uint16_t, kBlockPorts>;
  std::vector<Block> blocks_;
  std::array<std::uint16_t, 65536 / kBlockPorts> block_of_{};
  std::vector<std::uint32_t> sizes_;  ///< ports of each class
};

}  // namespace culvert
