#include "protocols/dcerpc/dcerpc_pdu.h"

#include <utility>

namespace culvert::dcerpc {

std::string name_of(PduType type) {
  constexpr std::string_view kNames[] = {
      "REQUEST",   "PING",     "RESPONSE",      "FAULT",
      "WORKING",   "NOCALL",   "REJECT",        "ACK",
      "CL_CANCEL", "FACK",     "CANCEL_ACK",    "BIND",
      "BINDACK",   "BINDNAK",  "ALTER_CONTEXT", "ALTER_CONTEXT_RESP",
      "AUTH3",     "SHUTDOWN", "CO_CANCEL",     "ORPHANED",
      "RTS"};
  const auto number = static_cast<std::size_t>(type);
  return number < std::size(kNames) ? std::string(kNames[number]) : std::to_string(number);
}

Uuid Uuid::read(ByteCursor& in, bool little_endian) {
  Uuid uuid;
  const Bytes raw = in.take(16);
  for (std::size_t i = 0; i < raw.size(); ++i)
    uuid.bytes[i] = std::to_integer<std::uint8_t>(raw[i]);
  if (!little_endian) return uuid;
  for (const auto& [a, b] : {std::pair(0u, 3u), {1u, 2u}, {4u, 5u}, {6u, 7u}}) {
    std::swap(uuid.bytes[a], uuid.bytes[b]);
  }
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  Uuid uuid;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-' && text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) continue;
    const int value = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (value < 0 || digits == 32) return std::nullopt;
    std::uint8_t& byte = uuid.bytes[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  if (digits != 32) return std::nullopt;
  return uuid;
}

std::string Uuid::text() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kDigits[bytes[i] >> 4]);
    out.push_back(kDigits[bytes[i] & 15u]);
  }
  return out;
}

std::optional<Header> Header::parse(Bytes bytes) {
  ByteCursor start(bytes);
  Header header;
  header.version = start.u8();
  header.minor_version = start.u8();
  const std::uint8_t type = start.u8();
  header.type = static_cast<PduType>(type);
  header.flags = start.u8();
  header.little_endian = (start.u8() & 0xf0u) == 0x10;
  start.skip(3);
  OrderedCursor in{start, header.little_endian};
  header.fragment_size = in.u16();
  header.auth_size = in.u16();
  header.call_id = in.u32();
  if (!in.in.ok() || header.version != 5 || header.minor_version > 1 || type > kLastPduType ||
      header.fragment_size < kSize) {
    return std::nullopt;
  }
  return header;
}

std::optional<DatagramHeader> DatagramHeader::parse(Bytes bytes) {
  ByteCursor start(bytes);
  DatagramHeader header;
  const std::uint8_t version = start.u8();
  const std::uint8_t type = start.u8();
  header.type = static_cast<PduType>(type);
  header.flags1 = start.u8();
  header.flags2 = start.u8();
  header.little_endian = (start.u8() & 0xf0u) == 0x10;
  start.skip(2 + 1 + 16);  // data representation, serial number, object
  header.interface = Uuid::read(start, true);
  header.activity = Uuid::read(start, true);
  start.skip(4);  // when the server started
  OrderedCursor in{start, header.little_endian};
  header.interface_version = in.u32();
  header.sequence = in.u32();
  header.opnum = in.u16();
  in.u32();  // hints
  header.fragment_size = in.u16();
  header.fragment = in.u16();
  in.in.skip(2);  // authentication, serial number
  if (!in.in.ok() || version != 4 || type > 10) return std::nullopt;
  return header;
}

}  // namespace culvert::dcerpc
