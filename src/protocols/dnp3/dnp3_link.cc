#include "protocols/dnp3/dnp3_link.h"

#include <algorithm>
#include <cstring>

namespace culvert::dnp3 {
namespace {

constexpr std::uint16_t kStart = 0x0564;
constexpr std::size_t kBlock = 16, kCrcSize = 2, kLeastLength = 5;

constexpr std::array<std::uint16_t, 256> make_crc_table() {
  constexpr std::uint16_t kPolynomial = 0xa6bc;  // reflected
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < table.size(); ++i) {
    unsigned crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

/// With the CRCs in between.
std::size_t size_on_wire(std::size_t user_data) {
  return user_data + (user_data + kBlock - 1) / kBlock * kCrcSize;
}

}  // namespace

std::uint16_t link_crc(Bytes bytes) {
  unsigned crc = 0;
  for (const std::byte byte : bytes) {
    crc = crc >> 8 ^ kCrcTable[(crc ^ std::to_integer<unsigned>(byte)) & 0xff];
  }
  return static_cast<std::uint16_t>(~crc & 0xffff);
}

bool LinkReader::hold_up_to(std::size_t wanted, Bytes& bytes) {
  const std::size_t size = std::min(wanted - std::min(wanted, size_), bytes.size());
  if (size > 0) std::memcpy(held_.data() + size_, bytes.data(), size);
  size_ += size;
  bytes = bytes.subspan(size);
  return size_ >= wanted;
}

std::optional<LinkFrame> LinkReader::next(Bytes& bytes) {
  if (is_lost_ || !hold_up_to(LinkFrame::kHeaderSize, bytes)) return std::nullopt;
  ByteCursor in(Bytes(held_).first(size_));
  if (in.u16() != kStart) {
    is_lost_ = true;
    return std::nullopt;
  }
  const std::size_t length = in.u8();
  if (length < kLeastLength) {
    size_ = 0;
    return LinkFrame{.fault = LinkFrame::Fault::kTooShort, .user_data = {}};
  }
  const std::size_t wire_size = size_on_wire(length - kLeastLength);
  if (!hold_up_to(LinkFrame::kHeaderSize + wire_size, bytes)) return std::nullopt;
  return finish();
}

LinkFrame LinkReader::finish() {
  LinkFrame frame{.user_data = {}};
  const Bytes whole = Bytes(held_).first(size_);
  size_ = 0;
  ByteCursor in(whole);
  const Bytes header = in.take(LinkFrame::kHeaderSize - kCrcSize);
  frame.crc = in.u16_little();
  if (frame.crc != link_crc(header)) {
    frame.fault = LinkFrame::Fault::kBadHeaderCrc;
    return frame;
  }
  ByteCursor fields(header);
  fields.skip(2);
  frame.length = fields.u8();
  frame.control = fields.u8();
  frame.destination = fields.u16_little();
  frame.source = fields.u16_little();
  // The CRCs are taken out: what follows one moves to the front.
  std::byte* to = held_.data() + LinkFrame::kHeaderSize;
  std::byte* const begin = to;
  while (!in.empty()) {
    const Bytes block = in.take(std::min(kBlock, in.size() - kCrcSize));
    if (in.u16_little() != link_crc(block)) {
      frame.fault = LinkFrame::Fault::kBadDataCrc;
      return frame;
    }
    std::memmove(to, block.data(), block.size());
    to += block.size();
  }
  frame.user_data = {begin, static_cast<std::size_t>(to - begin)};
  return frame;
}

}  // namespace culvert::dnp3
