#include "defrag/fragment_map.h"

#include <algorithm>

namespace culvert {

void FragmentMap::clear() {
  data_.clear();
  fragments_.clear();
  pieces_.clear();
  total_ = 0;
  has_last_ = false;
}

bool FragmentMap::wins(const Fragment& fresh, const Fragment& old, FragmentPolicy policy) {
  switch (policy) {
    case FragmentPolicy::kFirst:
      return false;
    case FragmentPolicy::kLast:
      return true;
    case FragmentPolicy::kBsd:
      return fresh.begin < old.begin;
    case FragmentPolicy::kBsdRight:
      return fresh.begin >= old.begin;
    case FragmentPolicy::kLinux:
      return fresh.begin <= old.begin;
    case FragmentPolicy::kWindows:
      return fresh.begin < old.begin && fresh.end > old.end;
    case FragmentPolicy::kSolaris:
      return fresh.begin < old.begin && fresh.end >= old.end;
  }
  return false;
}

FragmentMap::Outcome FragmentMap::add(Bytes data, std::uint32_t offset, bool last,
                                      FragmentPolicy policy) {
  if (offset > kMaxDatagram || data.size() > kMaxDatagram - offset) return Outcome::kTooLarge;
  const Fragment fresh{offset, offset + static_cast<std::uint32_t>(data.size()),
                       static_cast<std::uint32_t>(data_.size())};
  const auto number = static_cast<std::uint32_t>(fragments_.size());
  data_.insert(data_.end(), data.begin(), data.end());
  fragments_.push_back(fresh);
  if (last && !has_last_) {
    has_last_ = true;
    total_ = fresh.end;
  }
  if (pieces_.empty() || fresh.begin >= pieces_.back().end) {  // in order, as a rule
    if (fresh.begin != fresh.end) pieces_.push_back({fresh.begin, fresh.end, number});
    return Outcome::kAdded;
  }

  bool overlap = false;
  scratch_.clear();
  std::uint32_t at = fresh.begin;  // bytes of `fresh` before this one are dealt with
  const auto put = [&](std::uint32_t begin, std::uint32_t end, std::uint32_t fragment) {
    if (begin >= end) return;
    if (!scratch_.empty() && scratch_.back().fragment == fragment &&
        scratch_.back().end == begin) {
      scratch_.back().end = end;
    } else {
      scratch_.push_back({begin, end, fragment});
    }
  };
  for (const Piece& piece : pieces_) {
    if (piece.end <= fresh.begin) {
      put(piece.begin, piece.end, piece.fragment);
      continue;
    }
    if (piece.begin >= fresh.end) {
      put(at, fresh.end, number);
      at = fresh.end;
      put(piece.begin, piece.end, piece.fragment);
      continue;
    }
    const std::uint32_t begin = std::max(piece.begin, fresh.begin);
    const std::uint32_t end = std::min(piece.end, fresh.end);
    put(at, std::max(at, begin), number);  // the hole before this piece
    put(piece.begin, begin, piece.fragment);
    put(begin, end, wins(fresh, fragments_[piece.fragment], policy) ? number : piece.fragment);
    put(end, piece.end, piece.fragment);
    at = std::max(at, end);
    overlap = overlap || begin < end;
  }
  put(at, fresh.end, number);
  pieces_.swap(scratch_);
  return overlap ? Outcome::kOverlap : Outcome::kAdded;
}

bool FragmentMap::is_complete() const {
  if (!has_last_) return false;
  std::uint32_t at = 0;
  for (const Piece& piece : pieces_) {
    if (at >= total_) break;
    if (piece.begin > at) return false;
    at = piece.end;
  }
  return at >= total_;
}

void FragmentMap::append_to(std::vector<std::byte>& out) const {
  for (const Piece& piece : pieces_) {
    if (piece.begin >= total_) break;
    const Fragment& from = fragments_[piece.fragment];
    const auto begin = data_.begin() + from.data_at + (piece.begin - from.begin);
    out.insert(out.end(), begin, begin + (std::min(piece.end, total_) - piece.begin));
  }
}

}  // namespace culvert
