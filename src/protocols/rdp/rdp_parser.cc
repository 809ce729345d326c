#include "protocols/rdp/rdp_parser.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/byte_cursor.h"
#include "protocols/tls/certificate.h"

namespace culvert::rdp {
namespace {

constexpr std::byte kTpktVersion{3};

bool is_tls(std::byte first) {
  const auto type = static_cast<tls::ContentType>(first);
  return type >= tls::ContentType::kChangeCipherSpec && type <= tls::ContentType::kHeartbeat;
}

/// "0a:1B" of certificates as "0a1b".
std::string plain_hex(std::string_view serial) {
  std::string out;
  for (const char c : serial) {
    if (c != ':') out += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

/// Serial numbers of a Certificate message (RFC 5246 section 7.4.2).
std::vector<std::string> serials_of(Bytes body) {
  std::vector<std::string> serials;
  Arena arena;
  ByteCursor in(body);
  ByteCursor list(in.take(in.u24()));
  while (in.ok() && !list.empty() && serials.size() < TlsHandshake::kMostCertificates) {
    const Bytes der = list.take(list.u24());
    tls::Certificate certificate;
    if (!list.ok()) break;
    (void)tls::parse_certificate(der, arena, certificate);
    if (certificate.parsed) serials.push_back(plain_hex(certificate.serial));
  }
  return serials;
}

}  // namespace

ParseStatus RdpParser::feed(const AppInput& input) {
  std::vector<std::byte>& held = held_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty() && phase_ != Phase::kOver) {
    if (held.empty()) {
      const std::size_t size = wanted(rest);
      if (size != 0 && size <= rest.size()) {
        take(rest.first(size), input);
        rest = rest.subspan(size);
        continue;
      }
    }
    // A byte at a time until the size is known, then all that belongs to it.
    const std::size_t size = wanted(held);
    const std::size_t more = size == 0 ? 1 : std::min(size - held.size(), rest.size());
    held.insert(held.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(more));
    rest = rest.subspan(more);
    if (size == 0 || held.size() < size) continue;
    std::vector<std::byte> unit;
    unit.swap(held);
    take(unit, input);
  }
  if (phase_ == Phase::kOver) {
    for (auto& each : held_) std::vector<std::byte>().swap(each);
    return ParseStatus::kDone;
  }
  return held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

std::size_t RdpParser::wanted(Bytes front) const {
  if (front.empty()) return 0;
  ByteCursor in(front);
  if (front[0] == kTpktVersion) {
    in.skip(2);
    const std::size_t size = in.u16();
    return in.ok() ? std::max(size, kTpktSize) : 0;
  }
  if (!is_tls(front[0])) return 1;  // whatever it is, it ends the parsing
  in.skip(3);
  const std::size_t size = in.u16();
  return in.ok() ? tls::kRecordHeaderSize + size : 0;
}

void RdpParser::take(Bytes unit, const AppInput& input) {
  if (unit[0] == kTpktVersion) {
    take_packet(unit, input);
  } else {
    take_record(unit, input);
  }
}

void RdpParser::take_packet(Bytes packet, const AppInput& input) {
  auto message = parse_packet(packet);
  if (!message) return;
  const bool is_last = std::holds_alternative<ConnectResponse>(*message);
  add_message(std::move(*message), input);
  // What comes next has headers of other protocols, and is mostly encrypted.
  if (is_last) phase_ = Phase::kOver;
}

void RdpParser::take_record(Bytes record, const AppInput& input) {
  const auto type = static_cast<tls::ContentType>(record[0]);
  if (!is_tls(record[0]) || type == tls::ContentType::kApplicationData) phase_ = Phase::kOver;
  if (type != tls::ContentType::kHandshake || input.direction != Direction::kToClient) return;
  phase_ = Phase::kHandshake;
  handshake_.feed(
      record.subspan(tls::kRecordHeaderSize),
      [&](tls::HandshakeType handshake, Bytes body) {
        if (handshake != tls::HandshakeType::kCertificate || phase_ == Phase::kOver) return;
        add_message(TlsHandshake{serials_of(body)}, input);
        phase_ = Phase::kOver;
      },
      [](tls::HandshakeType) {});
}

void RdpParser::add_message(Message message, const AppInput& input) {
  if (is_full()) return;
  auto tx = std::make_unique<RdpTransaction>();
  tx->message = std::move(message);
  add(std::move(tx), input);
}

ParseStatus RdpParser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  return phase_ == Phase::kOver ? ParseStatus::kDone : ParseStatus::kMalformed;
}

bool RdpParser::recycle() {
  phase_ = Phase::kOpening;
  held_ = {};
  handshake_.reset();
  return true;
}

}  // namespace culvert::rdp
