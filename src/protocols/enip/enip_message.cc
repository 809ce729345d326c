#include "protocols/enip/enip_message.h"

#include "base/byte_cursor.h"

namespace culvert::enip {
namespace {

struct Item {
  std::uint16_t type = 0;
  Bytes content;
};

Item take_item(ByteCursor& in) {
  Item item;
  item.type = in.u16_little();
  item.content = in.take(in.u16_little());
  return item;
}

std::optional<Identity> parse_identity(Bytes content, Arena& arena) {
  constexpr std::size_t kSocketAddress = 16;
  ByteCursor in(content);
  Identity identity;
  identity.protocol_version = in.u16_little();
  in.skip(kSocketAddress);
  identity.vendor = in.u16_little();
  identity.device_type = in.u16_little();
  identity.product_code = in.u16_little();
  identity.revision_major = in.u8();
  identity.revision_minor = in.u8();
  identity.status = in.u16_little();
  identity.serial = in.u32_little();
  const Bytes name = in.take(in.u8());
  identity.state = in.u8();
  if (!in.ok()) return std::nullopt;
  identity.product_name = arena.copy(as_text(name));
  return identity;
}

std::optional<ServiceList> parse_services(Bytes content, Arena& arena) {
  ByteCursor in(content);
  ServiceList services;
  services.protocol_version = in.u16_little();
  services.capabilities = in.u16_little();
  if (!in.ok()) return std::nullopt;
  services.name = arena.copy(as_text(in.rest()));
  return services;
}

}  // namespace

std::optional<Header> Header::parse(Bytes front) {
  ByteCursor in(front);
  Header header;
  header.command = in.u16_little();
  header.length = in.u16_little();
  header.session = in.u32_little();
  header.status = in.u32_little();
  in.skip(8);  // context of the sender
  header.options = in.u32_little();
  if (!in.ok()) return std::nullopt;
  return header;
}

Message Message::parse(const Header& header, Bytes data, bool is_response, Arena& arena) {
  constexpr std::uint16_t kIdentityItem = 0x0c, kServicesItem = 0x100;
  Message message;
  message.header = header;
  ByteCursor in(data);
  switch (header.command) {
    case kListIdentity:
    case kListServices: {
      if (!is_response || data.empty()) break;
      const std::uint16_t count = in.u16_little();
      if (count == 0) break;
      const Item item = take_item(in);
      if (header.command == kListIdentity && item.type == kIdentityItem) {
        message.identity = parse_identity(item.content, arena);
      } else if (header.command == kListServices && item.type == kServicesItem) {
        message.services = parse_services(item.content, arena);
      }
      message.is_invalid = !in.ok() || (!message.identity && !message.services);
      break;
    }
    case kRegisterSession: {
      Session session;
      session.protocol_version = in.u16_little();
      session.options = in.u16_little();
      message.is_invalid = !in.ok();
      if (in.ok()) message.session = session;
      break;
    }
    case kSendRrData:
    case kSendUnitData:
      message.parse_items(data, arena);
      break;
    default:
      break;
  }
  return message;
}

void Message::parse_items(Bytes data, Arena& arena) {
  constexpr std::uint16_t kConnected = 0xb1, kUnconnected = 0xb2;
  ByteCursor in(data);
  in.skip(4 + 2);  // interface, timeout
  std::size_t count = in.u16_little();
  is_invalid = !in.ok();
  for (; count > 0 && !is_invalid; --count) {
    const Item item = take_item(in);
    is_invalid = !in.ok();
    if (is_invalid || (item.type != kConnected && item.type != kUnconnected) || cip) continue;
    ByteCursor content(item.content);
    if (item.type == kConnected) sequence = content.u16_little();
    CipMessage found;
    is_invalid = !content.ok() || !found.parse(content.rest(), arena);
    if (!is_invalid) cip = std::move(found);
  }
  if (!is_invalid) return;
  cip.reset();
  sequence.reset();
}

}  // namespace culvert::enip
