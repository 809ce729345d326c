#include "net/geneve.h"

#include "base/byte_cursor.h"

namespace culvert {

GwlbMetadata::Fault GwlbMetadata::parse(Bytes options, GwlbMetadata& found) {
  constexpr std::uint16_t kClass = 0x0108;
  constexpr std::uint8_t kEndpoint = 1, kAttachment = 2, kCookie = 3;
  constexpr unsigned kAll = 1u << kEndpoint | 1u << kAttachment | 1u << kCookie;
  // Always the same three in the same order, so far: three comparisons instead of a walk.
  if (options.size() == 32 && load_u32(options, 0) == 0x01080102 &&
      load_u32(options, 12) == 0x01080202 && load_u32(options, 24) == 0x01080301) {
    found.endpoint = load_u64(options, 4);
    found.attachment = load_u64(options, 16);
    found.cookie = load_u32(options, 28);
    return Fault::kNone;
  }
  unsigned seen = 0;
  ByteCursor in(options);
  while (!in.empty()) {
    const std::uint16_t option_class = in.u16();
    const std::uint8_t type = in.u8();  // its top bit says: critical
    const std::size_t size = (in.u8() & 0x1f) * std::size_t{4};
    ByteCursor body(in.take(size));
    if (!in.ok()) return Fault::kTooLong;
    if (option_class != kClass) continue;
    if (type == kEndpoint && size == 8) {
      found.endpoint = body.u64();
    } else if (type == kAttachment && size == 8) {
      found.attachment = body.u64();
    } else if (type == kCookie && size == 4) {
      found.cookie = body.u32();
    } else {
      continue;
    }
    seen |= 1u << type;
  }
  return seen == kAll ? Fault::kNone : Fault::kMissing;
}

}  // namespace culvert
