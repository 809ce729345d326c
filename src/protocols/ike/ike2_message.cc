#include "protocols/ike/ike2_message.h"

namespace culvert::ike {
namespace {

constexpr std::uint8_t kAh = 2;

/// Bytes that a body has at least.
std::size_t least_size(std::uint8_t type) {
  switch (type) {
    case kKeyExchange2:
    case kIdInitiator:
    case kIdResponder:
    case kAuthentication:
    case kNotify:
    case kDelete:
    case kSelectorsInitiator:
    case kSelectorsResponder:
      return 4;
    case kCertificate:
    case kCertificateRequest:
      return 1;
    case kVendorId2:
      return 8;
    default:
      return 0;
  }
}

bool are_selectors(Bytes body) {
  ByteCursor in(body);
  std::size_t count = in.u8();
  if (count == 0) return false;
  in.skip(3);
  for (; count > 0 && in.ok(); --count) {
    in.skip(2);  // type, protocol
    const std::size_t length = in.u16();
    if (length < 8) return false;
    in.skip(length - 4);
  }
  return in.ok();
}

bool is_weak_encryption(std::uint16_t id) { return (id >= 1 && id <= 9) || id == 11; }
/// Those that come with integrity: CCM, GCM, GMAC, Poly1305.
bool is_aead(std::uint16_t id) {
  return (id >= 14 && id <= 21 && id != 17) || (id >= 25 && id <= 28);
}
bool is_weak_dh(std::uint16_t id) { return id == 1 || id == 2 || id == 5 || id == 22; }

}  // namespace

void Message2::parse(const Header& header, Bytes payload_bytes) {
  if (parse_payloads(header, payload_bytes)) return;
  *this = {};
}

bool Message2::parse_payloads(const Header& header, Bytes payload_bytes) {
  PayloadChain chain(header.next, payload_bytes);
  while (chain.has_more()) {
    const std::uint8_t type = chain.type();
    const auto body = chain.next();
    if (!body || body->size() < least_size(type) || payloads.size() >= kMostPayloads) return false;
    payloads.push_back(type);
    if (type == kSa2 && !parse_proposals(ByteCursor(*body))) return false;
    if ((type == kSelectorsInitiator || type == kSelectorsResponder) && !are_selectors(*body)) {
      return false;
    }
    if (type == kNotify) {
      ByteCursor in(*body);
      in.skip(2);
      notifies.push_back(in.u16());
    }
  }
  payloads.push_back(chain.type());
  return true;
}

bool Message2::parse_proposals(ByteCursor in) {
  if (in.empty()) return false;
  while (!in.empty()) {
    if (!parse_proposal(in)) return false;
  }
  return true;
}

bool Message2::parse_proposal(ByteCursor& in) {
  in.skip(2);
  const std::size_t length = in.u16();
  if (length < 8) return false;
  ByteCursor body(in.take(length - 4));
  body.skip(1);  // number
  const std::uint8_t protocol = body.u8();
  const std::size_t spi_size = body.u8();
  std::size_t count = body.u8();
  body.skip(spi_size);
  if (!in.ok() || !body.ok()) return false;
  if (protocol == kAh) findings |= kNoEncryption;
  Algorithms found;
  bool has_dh = false, has_integrity = false;
  for (; count > 0; --count) {
    body.skip(2);
    const std::size_t size = body.u16();
    if (size < 8) return false;
    ByteCursor transform(body.take(size - 4));
    if (!body.ok()) return false;
    const std::uint8_t type = transform.u8();
    transform.skip(1);
    const std::uint16_t id = transform.u16();
    switch (type) {
      case kEncryption:
        found.encryption = id;
        if (is_weak_encryption(id)) findings |= kWeakEncryption;
        if (is_aead(id)) has_integrity = true;
        break;
      case kPrf:
        found.prf = id;
        if (id == 0) findings |= kInvalidProposal;
        if (id == 1 || id == 2) findings |= kWeakPrf;  // MD5, SHA-1
        break;
      case kIntegrity:
        found.integrity = id;
        if (id >= 1 && id <= 7) findings |= kWeakIntegrity;
        if (id != 0) has_integrity = true;
        break;
      case kDh:
        found.dh = id;
        has_dh = true;
        if (id == 0) findings |= kInvalidProposal;
        if (is_weak_dh(id)) findings |= kWeakDh;
        break;
      case kEsn:
        found.esn = id;
        break;
      default:
        findings |= kUnknownProposal;
        break;
    }
  }
  if (!has_dh) findings |= kNoDh;
  if (!has_integrity) findings |= kNoIntegrity;
  algorithms = found;
  return true;
}

}  // namespace culvert::ike
