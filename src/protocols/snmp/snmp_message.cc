#include "protocols/snmp/snmp_message.h"

#include <string>

#include "protocols/asn1/ber_reader.h"

namespace culvert::snmp {
namespace {

constexpr std::size_t kMostVariables = 64;
constexpr std::int64_t kUserSecurityModel = 3;
constexpr std::uint8_t kTrapV1 = 4, kReport = 8;
constexpr std::uint8_t kPduTag = 0xa0, kLongTag = 0xbf, kIpAddressTag = 0x40, kTimeTicksTag = 0x43;

/// On the wire 0, 1 and 3.
std::uint8_t version_from(std::int64_t number) {
  return number == 0 ? 1 : number == 1 ? 2 : number == 3 ? 3 : 0;
}

std::string_view keep_object_id(Bytes content, Arena& arena) {
  return arena.copy(std::string_view(ber_object_id(content)));
}

bool parse_variables(BerReader list, Message& message, Arena& arena) {
  while (list.ok() && !list.empty()) {
    BerReader variable = list.inside(kBerSequence);
    const Bytes name = variable.next().content;
    variable.next();
    if (!variable.ok()) return false;
    if (message.variables.size() < kMostVariables) {
      message.variables.push_back(keep_object_id(name, arena));
    }
  }
  return list.ok();
}

bool parse_pdu(BerReader& in, Message& message, Arena& arena) {
  std::uint8_t tag = in.next_tag();
  if (tag == kLongTag) {  // a small number may be written that way too
    in = BerReader(in.rest().subspan(1));
    if (in.next_tag() > kReport) return false;
    tag = static_cast<std::uint8_t>(kPduTag + in.next_tag());
  }
  if (tag < kPduTag || tag > kPduTag + kReport) return false;
  message.pdu_type = static_cast<std::uint8_t>(tag - kPduTag);
  BerReader pdu(in.next().content);
  if (!in.ok()) return false;
  if (message.pdu_type == kTrapV1) {
    Message::Trap trap;
    trap.object_id = keep_object_id(pdu.content(kBerObjectId), arena);
    trap.address = arena.copy(pdu.content(kIpAddressTag));
    trap.type = pdu.number();
    pdu.number();  // specific
    pdu.content(kTimeTicksTag);
    if (!pdu.ok() || trap.address.size() != 4) return false;
    message.trap = trap;
  } else {
    pdu.number();  // id
    message.error = pdu.number();
    pdu.number();  // index
    const bool is_bulk = message.pdu_type == 5;
    if (is_bulk) message.error = 0;  // that was non-repeaters
  }
  return parse_variables(pdu.inside(kBerSequence), message, arena);
}

bool parse_v3(BerReader& in, Message& message, Arena& arena) {
  BerReader header = in.inside(kBerSequence);
  header.number();  // id
  header.number();  // size
  header.content(kBerOctetString);
  const std::int64_t model = header.number();
  const Bytes security = in.content(kBerOctetString);
  if (!header.ok() || !in.ok()) return false;
  if (model == kUserSecurityModel) {
    BerReader whole(security);
    BerReader usm = whole.inside(kBerSequence);
    usm.content(kBerOctetString);  // engine
    usm.number();                  // boots
    usm.number();                  // time
    const Bytes user = usm.content(kBerOctetString);
    if (!usm.ok()) return false;
    message.user = arena.copy(as_text(user));
  } else {
    message.has_unknown_security = true;
  }
  if (in.next_tag() == kBerOctetString) {
    message.is_encrypted = true;
    in.next();
    return in.ok();
  }
  BerReader scoped = in.inside(kBerSequence);
  scoped.content(kBerOctetString);  // engine
  scoped.content(kBerOctetString);  // name
  return scoped.ok() && parse_pdu(scoped, message, arena);
}

}  // namespace

bool Message::parse(Bytes datagram, Arena& arena) {
  BerReader whole(datagram);
  BerReader in = whole.inside(kBerSequence);
  version = version_from(in.number());
  if (!in.ok() || version == 0) return false;
  if (version == 3) return parse_v3(in, *this, arena);
  const Bytes name = in.content(kBerOctetString);
  if (!in.ok()) return false;
  community = arena.copy(as_text(name));
  return parse_pdu(in, *this, arena);
}

std::optional<std::uint8_t> version_of(Bytes datagram) {
  BerReader whole(datagram);
  BerReader in = whole.inside(kBerSequence);
  const std::uint8_t version = version_from(in.number());
  in.next();
  if (!in.ok() || version == 0) return std::nullopt;
  return version;
}

}  // namespace culvert::snmp
