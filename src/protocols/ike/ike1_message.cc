#include "protocols/ike/ike1_message.h"

#include <algorithm>

#include "protocols/ike/ike_names.h"

namespace culvert::ike {
namespace {

constexpr std::uint32_t kIpsecDoi = 1;
constexpr std::uint8_t kProposal = 2, kTransform = 3;

Attribute take_attribute(ByteCursor& in) {
  constexpr std::uint16_t kShort = 0x8000;
  const std::uint16_t type = in.u16();
  Attribute attribute{.type = static_cast<std::uint16_t>(type & ~kShort), .number = {}, .hex = {}};
  if ((type & kShort) != 0) {
    attribute.number = in.u16();
    return attribute;
  }
  const Bytes value = in.take(in.u16());
  if (value.size() == 4) {
    attribute.number = ByteCursor(value).u32();
  } else {
    attribute.hex = hex_of(value);
  }
  return attribute;
}

Attributes take_attributes(ByteCursor in, std::size_t most) {
  Attributes attributes;
  while (!in.empty() && attributes.size() < most) {
    Attribute attribute = take_attribute(in);
    if (!in.ok()) break;
    // A name is told once.
    const auto is_same = [&](const Attribute& other) {
      return name_of_attribute(other.type) == name_of_attribute(attribute.type);
    };
    if (std::ranges::none_of(attributes, is_same)) attributes.push_back(std::move(attribute));
  }
  return attributes;
}

}  // namespace

void Message1::note(std::uint8_t type) {
  if (name_of_payload1(type).empty()) return;
  if (std::ranges::find(payloads, type) == payloads.end()) payloads.push_back(type);
}

bool Message1::parse(const Header& header, Bytes payload_bytes) {
  if (header.is_encrypted()) {
    note(header.next);
    return true;
  }
  PayloadChain chain(header.next, payload_bytes);
  while (chain.has_more()) {
    const std::uint8_t type = chain.type();
    note(type);
    const auto body = chain.next();
    if (!body) break;
    switch (type) {
      case kSa1: {
        has_sa = true;
        ByteCursor in(*body);
        const std::uint32_t number = in.u32();
        in.skip(4);  // situation
        if (!in.ok()) return false;
        doi = number;
        if (number == kIpsecDoi) parse_proposals(in.rest());
        break;
      }
      case kKeyExchange1:
        key = *body;
        break;
      case kNonce1:
        nonce = *body;
        break;
      case kVendorId1:
        if (vendors.size() < kMostVendors) vendors.push_back(hex_of(*body));
        break;
      default:
        break;
    }
  }
  return true;
}

void Message1::parse_proposals(Bytes bytes) {
  PayloadChain chain(kProposal, bytes);
  while (chain.has_more()) {
    note(kProposal);
    const auto body = chain.next();
    if (!body) return;
    ByteCursor in(*body);
    in.skip(2);  // number, protocol
    const std::size_t spi_size = in.u8();
    const std::size_t count = in.u8();
    in.skip(spi_size);
    if (!in.ok()) return;
    parse_transforms(in.rest(), count);
  }
}

void Message1::parse_transforms(Bytes bytes, std::size_t count) {
  PayloadChain chain(kTransform, bytes);
  for (; count > 0 && chain.has_more(); --count) {
    note(kTransform);
    const auto body = chain.next();
    if (!body) return;
    ByteCursor in(*body);
    in.skip(4);  // number, id, reserved
    if (!in.ok() || attributes_ >= kMostAttributes) return;
    proposals.push_back(take_attributes(in, kMostAttributes - attributes_));
    attributes_ += proposals.back().size() + 1;
  }
}

}  // namespace culvert::ike
