#include "protocols/asn1/ber_reader.h"

#include "base/byte_cursor.h"

namespace culvert {

BerSize ber_size(Bytes bytes) {
  using Status = BerSize::Status;
  if (bytes.empty()) return {.status = Status::kNeedMore};
  ByteCursor in(bytes);
  const std::uint8_t tag = in.u8();
  if ((tag & 0x1fu) == 0x1f) return {};  // a tag of several bytes
  if (in.empty()) return {.status = Status::kNeedMore};
  const std::uint8_t first = in.u8();
  if (first < 0x80) return {.status = Status::kOk, .size = 2u + first, .header = 2};
  const std::size_t width = first & 0x7fu;
  if (width == 0 || width > 4) return {};
  const std::uint64_t length = in.read(width);
  if (!in.ok()) return {.status = Status::kNeedMore};
  return {.status = Status::kOk,
          .size = 2 + width + length,
          .header = static_cast<std::uint8_t>(2 + width)};
}

BerElement BerReader::next() {
  const BerSize size = ber_size(rest_);
  if (!ok_ || size.status != BerSize::Status::kOk || size.size > rest_.size()) {
    fail();
    return {};
  }
  const Bytes whole = rest_.first(static_cast<std::size_t>(size.size));
  rest_ = rest_.subspan(whole.size());
  return {.tag = std::to_integer<std::uint8_t>(whole[0]), .content = whole.subspan(size.header)};
}

Bytes BerReader::content(std::uint8_t tag) {
  if (next_tag() != tag) {
    fail();
    return {};
  }
  return next().content;
}

BerReader BerReader::inside(std::uint8_t tag) {
  BerReader reader(content(tag));
  if (!ok_) reader.fail();
  return reader;
}

std::optional<Bytes> BerReader::optional(std::uint8_t tag) {
  if (next_tag() != tag) return std::nullopt;
  const Bytes found = next().content;
  return ok_ ? std::optional(found) : std::nullopt;
}

std::int64_t BerReader::number(std::uint8_t tag) {
  const auto value = ber_number(content(tag));
  if (!value) fail();
  return value.value_or(0);
}

std::optional<std::int64_t> ber_number(Bytes content) {
  if (content.empty() || content.size() > 8) return std::nullopt;
  const bool negative = (content[0] & std::byte{0x80}) != std::byte{0};
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (const std::byte byte : content) value = value << 8 | std::to_integer<std::uint64_t>(byte);
  return static_cast<std::int64_t>(value);
}

std::string ber_object_id(Bytes content) {
  std::string text;
  std::uint64_t arc = 0;
  std::size_t width = 0;
  for (const std::byte byte : content) {
    arc = arc << 7 | (std::to_integer<std::uint64_t>(byte) & 0x7fu);
    if (++width > 9) return {};
    if ((byte & std::byte{0x80}) != std::byte{0}) continue;
    if (text.empty()) {  // the first two arcs share a number, section 8.19.4
      const std::uint64_t root = arc < 80 ? arc / 40 : 2;
      text = std::to_string(root) + "." + std::to_string(arc - root * 40);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
    width = 0;
  }
  return width == 0 ? text : std::string();
}

}  // namespace culvert
