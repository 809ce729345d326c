#include "protocols/enip/cip_message.h"

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::enip {

bool CipMessage::parse(Bytes bytes, Arena& arena, bool is_inner) {
  constexpr std::uint8_t kResponse = 0x80;
  ByteCursor in(bytes);
  const std::uint8_t first = in.u8();
  service = first & 0x7f;
  is_response = (first & kResponse) != 0;
  if (is_response) {
    in.skip(1);
    status = in.u8();
    // The reference takes the size for one in bytes; it is one in words.
    extended_status = arena.copy(in.take(in.u8()));
  } else {
    const std::size_t words = in.u8();
    const Bytes path_bytes = in.take(words * 2);
    if (!in.ok() || !parse_path(path_bytes)) return false;
  }
  if (!in.ok()) return false;
  if (service == kMultiple) return is_inner || parse_services(in.rest(), arena);
  if (is_response || (service != kGetList && service != kSetList)) return true;
  std::size_t count = std::min<std::size_t>(in.u16_little(), kMostAttributes);
  if (!in.ok()) return false;
  if (service == kSetList)
    count = std::min<std::size_t>(count, 1);  // values of unknown size follow
  for (; count > 0; --count) {
    const std::uint16_t attribute = in.u16_little();
    if (!in.ok()) return false;
    attributes.push_back(attribute);
  }
  return true;
}

bool CipMessage::parse_path(Bytes bytes) {
  constexpr std::uint8_t kLogical = 0x20, kSegmentTypes = 0xe0;
  ByteCursor in(bytes);
  while (!in.empty()) {
    PathSegment segment;
    segment.type = in.u8();
    if ((segment.type & kSegmentTypes) != kLogical || path.size() >= kMostSegments) return false;
    switch (segment.type & 3) {
      case 0:
        segment.value = in.u8();
        break;
      case 1:
        in.skip(1);
        segment.value = in.u16_little();
        break;
      case 2:
        in.skip(1);
        segment.value = in.u32_little();
        break;
      default:
        return false;
    }
    if (!in.ok()) return false;
    path.push_back(segment);
  }
  return true;
}

bool CipMessage::parse_services(Bytes bytes, Arena& arena) {
  ByteCursor in(bytes);
  const std::size_t count = in.u16_little();
  if (!in.ok() || count > kMostServices) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = in.u16_little();
    if (!in.ok() || offset > bytes.size()) return false;
    const std::size_t next = i + 1 < count ? ByteCursor(in.rest()).u16_little() : bytes.size();
    const std::size_t end = std::clamp(next, offset, bytes.size());
    CipMessage inner;
    if (!inner.parse(bytes.subspan(offset, end - offset), arena, true)) return false;
    services.push_back(std::move(inner));
  }
  return true;
}

std::optional<std::uint32_t> CipMessage::class_number() const {
  const auto found = std::ranges::find(path, kClass, &PathSegment::kind);
  if (found == path.end()) return std::nullopt;
  return found->value;
}

}  // namespace culvert::enip
