#include "protocols/quic/crypto_stream.h"

#include <algorithm>
#include <array>

#include "base/byte_cursor.h"

namespace culvert::quic {
namespace {

constexpr std::size_t kHeaderSize = 4;

}  // namespace

bool CryptoStream::add(std::uint64_t offset, Bytes bytes) {
  if (offset > kMostBytes || bytes.size() > kMostBytes - offset) return false;
  auto begin = static_cast<std::uint32_t>(offset);
  const auto end = static_cast<std::uint32_t>(offset + bytes.size());
  auto next = std::ranges::find_if(pieces_, [&](const Piece& p) { return p.end() > begin; });
  while (begin < end) {
    if (next != pieces_.end() && next->offset <= begin) {
      begin = next->end();
      ++next;
      continue;
    }
    if (pieces_.size() >= kMostPieces) return false;
    const std::uint32_t gap_end = next == pieces_.end() ? end : std::min(end, next->offset);
    const Bytes part = bytes.subspan(begin - offset, gap_end - begin);
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), part.begin(), part.end());
    next = pieces_.insert(next, {begin, gap_end - begin, at}) + 1;
    begin = gap_end;
  }
  return true;
}

std::size_t CryptoStream::wanted() const {
  std::array<std::byte, kHeaderSize> header;
  std::size_t have = 0;
  for (const Piece& piece : pieces_) {
    if (piece.offset != have) return 0;
    const std::size_t size = std::min<std::size_t>(piece.size, kHeaderSize - have);
    std::copy_n(bytes_.begin() + piece.at, size,
                header.begin() + static_cast<std::ptrdiff_t>(have));
    have += size;
    if (have == kHeaderSize) break;
  }
  if (have < kHeaderSize) return 0;
  ByteCursor in(header);
  in.skip(1);
  return kHeaderSize + in.u24();
}

bool CryptoStream::is_oversized() const { return wanted() > kMostBytes; }

std::optional<Bytes> CryptoStream::message() {
  const std::size_t size = wanted();
  if (size == 0) return std::nullopt;
  std::size_t have = 0;
  for (const Piece& piece : pieces_) {
    if (piece.offset != have || have >= size) break;
    have = piece.end();
  }
  if (have < size) return std::nullopt;
  whole_.clear();
  for (const Piece& piece : pieces_) {
    if (piece.offset >= size) break;
    const auto from = bytes_.begin() + piece.at;
    whole_.insert(whole_.end(), from, from + piece.size);
  }
  return Bytes(whole_).first(size);
}

void CryptoStream::clear() { *this = {}; }

}  // namespace culvert::quic
