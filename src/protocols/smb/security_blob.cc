#include "protocols/smb/security_blob.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "protocols/asn1/ber_reader.h"
#include "protocols/smb/smb_text.h"

namespace culvert::smb {
namespace {

constexpr std::string_view kNtlmsspSignature{"NTLMSSP\0", 8};
/// OIDs of Kerberos and of Microsoft's, as encoded.
constexpr std::string_view kKerberosOid = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

struct Field {
  std::uint32_t offset = 0;
  Bytes bytes;
};

// signature (8), type (4), then fields of size (2), room (2), offset (4): LM and NT response,
// domain, user, host, session key; flags (4), version (8)
std::optional<Ntlmssp> parse_authenticate(Bytes message) {
  constexpr std::uint32_t kUnicode = 0x1, kVersion = 0x02000000;
  ByteCursor in(message);
  in.skip(12);
  bool fits = true;
  const auto field = [&] {
    const std::uint16_t size = in.u16_little();
    in.skip(2);
    Field found{in.u32_little(), {}};
    fits = fits && found.offset <= message.size() && size <= message.size() - found.offset;
    if (fits) found.bytes = message.subspan(found.offset, size);
    return found;
  };
  field(), field();
  const Field domain = field(), user = field(), host = field();
  field();
  const std::uint32_t flags = in.u32_little();
  if (!in.ok() || !fits) return std::nullopt;
  const auto text = [&](const Field& each) {
    return (flags & kUnicode) != 0 ? from_utf16(each.bytes) : std::string(as_text(each.bytes));
  };
  Ntlmssp out;
  out.domain = text(domain);
  out.user = text(user);
  out.host = text(host);
  out.unusual_order = domain.offset > user.offset || user.offset > host.offset;
  if ((flags & kVersion) != 0) {
    const unsigned major = in.u8(), minor = in.u8(), build = in.u16_little();
    in.skip(3);
    const unsigned revision = in.u8();
    if (in.ok()) {
      out.version = std::to_string(major) + "." + std::to_string(minor) + " build " +
                    std::to_string(build) + " rev " + std::to_string(revision);
    }
  }
  return out;
}

// AP-REQ ::= [APPLICATION 14] SEQUENCE { [0] pvno, [1] type, [2] options, [3] Ticket, ... }
// Ticket ::= [APPLICATION 1] SEQUENCE { [0] version, [1] realm, [2] SEQUENCE { [0] type, [1] names
// } }
std::optional<Kerberos> parse_request(Bytes message) {
  BerReader request = BerReader(message).inside(0x6e).inside(kBerSequence);
  request.content(0xa0), request.content(0xa1), request.content(0xa2);
  BerReader ticket = request.inside(0xa3).inside(0x61).inside(kBerSequence);
  ticket.content(0xa0);
  constexpr std::uint8_t kGeneralString = 0x1b;
  Kerberos out;
  out.realm = std::string(as_text(ticket.inside(0xa1).content(kGeneralString)));
  BerReader service = ticket.inside(0xa2).inside(kBerSequence);
  service.content(0xa0);
  BerReader names = service.inside(0xa1).inside(kBerSequence);
  if (!names.ok()) return std::nullopt;
  while (names.ok() && !names.empty() && out.names.size() < SecurityBlob::kMostNames) {
    const Bytes name = names.content(kGeneralString);
    if (names.ok()) out.names.emplace_back(as_text(name));
  }
  return out;
}

}  // namespace

SecurityBlob SecurityBlob::parse(Bytes blob) {
  SecurityBlob out;
  const std::string_view text = as_text(blob);
  const std::size_t ntlmssp = text.find(kNtlmsspSignature);
  if (ntlmssp != text.npos) {
    const Bytes message = blob.subspan(ntlmssp);
    ByteCursor in(message);
    in.skip(8);
    if (in.u32_little() == 3) {
      out.ntlmssp = parse_authenticate(message);
      out.malformed_ntlmssp = !out.ntlmssp;
    }
    return out;
  }
  // The token of GSS-API: the mechanism, two bytes that say AP-REQ, and the message.
  const std::size_t oid = text.find(kKerberosOid);
  const std::size_t last = text.rfind(kKerberosOid);
  for (const std::size_t at : {last, oid}) {
    if (at == text.npos) continue;
    const Bytes token = blob.subspan(at + kKerberosOid.size());
    if (token.size() > 2 && token[0] == std::byte{1} && token[1] == std::byte{0}) {
      out.kerberos = parse_request(token.subspan(2));
      if (out.kerberos) break;
    }
  }
  return out;
}

}  // namespace culvert::smb
