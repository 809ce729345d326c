#include "protocols/tls/tls_parser.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "protocols/tls/certificate.h"
#include "protocols/tls/tls_hello.h"

namespace culvert::tls {
namespace {

constexpr std::size_t kAlertSize = 2;
constexpr std::size_t kHeartbeatHeaderSize = 3;    // type, payload length; RFC 6520 section 4
constexpr std::size_t kHeartbeatPaddingSize = 16;  // at least
constexpr std::size_t kMaxSslv2Size = 4096;        // longer messages carry nothing that we read

/// Progress never goes back.
void advance(TlsTransaction& tx, Direction direction, std::uint8_t progress) {
  std::uint8_t& now = tx.progress[index_of(direction)];
  if (progress <= now) return;
  now = progress;
  tx.updated[index_of(direction)] = true;
}

void note(Peer& peer, HandshakeType type) {
  if (const auto bit = static_cast<std::uint8_t>(type); bit < 64) {
    peer.handshakes |= std::uint64_t{1} << bit;
  }
}

Event event_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::kTooManyAlternativeNames:
      return Event::kTooManySubjectAlternativeNames;
    case CertificateStatus::kInvalidLength:
      return Event::kCertificateInvalidLength;
    case CertificateStatus::kInvalidDer:
      return Event::kCertificateInvalidDer;
    case CertificateStatus::kInvalidVersion:
      return Event::kCertificateInvalidVersion;
    case CertificateStatus::kInvalidSerial:
      return Event::kCertificateInvalidSerial;
    case CertificateStatus::kInvalidAlgorithm:
      return Event::kCertificateInvalidAlgorithmIdentifier;
    case CertificateStatus::kInvalidDate:
      return Event::kCertificateInvalidDate;
    case CertificateStatus::kMalformed:
    case CertificateStatus::kOk:
      break;
  }
  return Event::kInvalidCertificate;
}

std::uint8_t handshake_done(Direction direction) {
  return direction == Direction::kToServer ? std::uint8_t{kClientHandshakeDone}
                                           : std::uint8_t{kServerHandshakeDone};
}
std::uint8_t finished(Direction direction) {
  return direction == Direction::kToServer ? std::uint8_t{kClientFinished}
                                           : std::uint8_t{kServerFinished};
}

}  // namespace

ParseStatus TlsParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  if (!begun_) {
    begun_ = true;
    transaction_ =
        &keep(spare_ != nullptr ? std::move(spare_) : std::make_unique<TlsTransaction>(options_),
              input.time);
  }
  if (transaction_ == nullptr) return ParseStatus::kDone;  // all is known and was handed out
  TlsTransaction& tx = *transaction_;
  tx.last_seen = input.time;

  skip_to(sides_[index_of(input.direction)], input.stream_offset, input.bytes.size());
  Bytes rest = input.bytes;
  frames_ = input.frames;
  input_end_ = input.stream_offset + input.bytes.size();
  while (!failed_ && !rest.empty()) failed_ = !step(input.direction, rest, tx) || failed_;
  const Side& side = sides_[index_of(input.direction)];
  const bool between_records = side.state == Side::State::kHeader && side.held_size == 0;
  if (between_records) settle(tx);
  wish(tx, input.direction);
  if (failed_) return ParseStatus::kMalformed;
  const bool between = between_records && !side.handshake.in_message();
  return between ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

/// What was asked to be left out (AppWishes::skip_bytes) has been, up to `offset`; `size` bytes
/// follow.
void TlsParser::skip_to(Side& side, std::uint64_t offset, std::size_t size) {
  if (side.state == Side::State::kSkip && offset > side.next_offset) {
    side.left -= std::min<std::uint64_t>(side.left, offset - side.next_offset);
    if (side.left == 0) side.state = Side::State::kHeader;
  }
  side.next_offset = offset + size;
}

/// The next `wanted` bytes if they are all there; else keeps what there is and returns none.
/// REQUIRES: 1 <= wanted <= size of Side::held.
Bytes TlsParser::take_field(Side& side, Bytes& rest, std::size_t wanted) {
  if (side.held_size == 0 && rest.size() >= wanted) {
    const Bytes field = rest.first(wanted);
    rest = rest.subspan(wanted);
    return field;
  }
  const std::size_t size = std::min(wanted - side.held_size, rest.size());
  std::copy_n(rest.begin(), size, side.held.begin() + static_cast<std::ptrdiff_t>(side.held_size));
  rest = rest.subspan(size);
  side.held_size += size;
  if (side.held_size < wanted) return {};
  side.held_size = 0;
  return Bytes(side.held).first(wanted);
}

/// Consumes some of `rest`. False: malformed.
bool TlsParser::step(Direction direction, Bytes& rest, TlsTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  switch (side.state) {
    case Side::State::kHeader: {
      const Bytes header = take_field(side, rest, kRecordHeaderSize);
      if (header.empty()) return true;
      tx.updated[index_of(direction)] = true;
      if (!begin_record(direction, header, tx)) return false;
      add_frames(side, input_end_ - rest.size(), (header[0] & std::byte{0xc0}) != std::byte{0});
      return true;
    }
    case Side::State::kFront: {
      const std::size_t wanted = std::min(
          side.record_size, side.type == ContentType::kAlert ? kAlertSize : kHeartbeatHeaderSize);
      const Bytes front = take_field(side, rest, wanted);
      if (front.empty()) return true;
      tx.updated[index_of(direction)] = true;
      side.left -= front.size();
      side.state = side.left > 0 ? Side::State::kSkip : Side::State::kHeader;
      return on_front(direction, front, tx);
    }
    case Side::State::kHandshake:
    case Side::State::kSslv2:
    case Side::State::kSkip:
      break;
  }
  const Bytes bytes = rest.first(std::min(side.left, rest.size()));
  rest = rest.subspan(bytes.size());
  side.left -= bytes.size();
  if (side.state == Side::State::kHandshake) {
    side.handshake.feed(
        bytes,
        [&](HandshakeType type, Bytes body) {
          tx.updated[index_of(direction)] = true;
          on_handshake(direction, type, body, tx);
        },
        [&](HandshakeType type) {
          tx.raise(is_known(type) ? Event::kHandshakeInvalidLength
                                  : Event::kInvalidHandshakeMessage);
        });
  } else if (side.state == Side::State::kSslv2) {
    if (side.sslv2.size() + bytes.size() <= kMaxSslv2Size) {
      side.sslv2.insert(side.sslv2.end(), bytes.begin(), bytes.end());
    }
    if (side.left == 0) on_sslv2_message(direction, side.sslv2, tx);
  }
  if (side.left == 0) {
    side.state = Side::State::kHeader;
    wishes.show_stream = true;
  }
  return true;
}

bool TlsParser::begin_record(Direction direction, Bytes header, TlsTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  ByteCursor in(header);
  const std::uint8_t first = in.u8();
  if ((first & 0xc0) != 0) return begin_sslv2_record(side, header, tx);
  // Of little meaning (RFC 8446 section 5.1), but all there is until the hello is whole.
  const Version version = in.u16();
  Peer& peer = direction == Direction::kToServer ? tx.client : tx.server;
  if (peer.version == 0 && !peer.hello &&
      first == static_cast<std::uint8_t>(ContentType::kHandshake)) {
    peer.version = version;
  }
  side.type = static_cast<ContentType>(first);
  side.record_size = side.left = in.u16();
  if (side.record_size == 0 || side.record_size > kMaxRecordSize) {
    return fail(tx, Event::kInvalidRecordLength);
  }
  side.state = Side::State::kSkip;
  switch (side.type) {
    case ContentType::kChangeCipherSpec:
      side.cipher_changed = true;
      side.handshake.reset();
      if (direction == Direction::kToServer) advance(tx, direction, kClientHandshakeDone);
      return true;
    case ContentType::kHandshake:
      if (!side.cipher_changed) side.state = Side::State::kHandshake;
      return true;
    case ContentType::kAlert:
      side.state = Side::State::kFront;
      return true;
    case ContentType::kHeartbeat:
      if (side.cipher_changed) {
        on_encrypted_heartbeat(direction, tx);
      } else {
        side.state = Side::State::kFront;
      }
      return true;
    case ContentType::kApplicationData:
      // Data of the client before the server's hello is "early" (RFC 8446 section 2.3).
      if (tx.server.hello || direction == Direction::kToClient) {
        advance(tx, direction, handshake_done(direction));
        tx.encrypted = true;
      }
      return true;
  }
  return fail(tx, Event::kInvalidRecordType);
}

/// The record whose header ends at `body`.
void TlsParser::add_frames(const Side& side, std::uint64_t body, bool is_sslv2) const {
  if (frames_ == nullptr) return;
  const std::uint64_t begin = body - kRecordHeaderSize;
  if (is_sslv2) {
    frames_->add(kSsl2HeaderFrame, begin, 3);
    frames_->add(kSsl2PduFrame, begin, kRecordHeaderSize + side.left);
    return;
  }
  frames_->add(kHeaderFrame, begin, kRecordHeaderSize);
  frames_->add(kPduFrame, begin, kRecordHeaderSize + side.record_size);
  frames_->add(kDataFrame, body, side.record_size);
  if (side.type == ContentType::kAlert) frames_->add(kAlertFrame, body, side.record_size);
  if (side.type == ContentType::kHeartbeat) frames_->add(kHeartbeatFrame, body, side.record_size);
}

/// Bit 15 of the length is set when there is no padding, else a byte with its size comes third.
bool TlsParser::begin_sslv2_record(Side& side, Bytes header, TlsTransaction& tx) {
  ByteCursor in(header);
  const std::uint16_t word = in.u16();
  const bool padded = (word & 0x8000) == 0;
  const std::size_t length = word & (padded ? 0x3fffu : 0x7fffu);
  if (padded) in.skip(1);
  const Bytes front = in.rest();  // of the body: type and what follows
  if (length < front.size()) return fail(tx, Event::kInvalidSslv2Header);
  side.sslv2.assign(front.begin(), front.end());
  side.left = length - front.size();
  side.state = side.left > 0 ? Side::State::kSslv2 : Side::State::kHeader;
  return true;
}

bool TlsParser::on_front(Direction direction, Bytes front, TlsTransaction& tx) {
  if (sides_[index_of(direction)].type == ContentType::kHeartbeat) {
    return on_heartbeat(direction, front, tx);
  }
  if (front.size() < kAlertSize) return fail(tx, Event::kInvalidAlertMessage);
  constexpr std::uint8_t kFatal = 2;
  const bool encrypted = sides_[index_of(direction)].record_size != kAlertSize;
  if (!encrypted && ByteCursor(front).u8() == kFatal) {
    advance(tx, direction, finished(direction));
  }
  return true;
}

/// A payload length beyond the record is the attack called Heartbleed (CVE-2014-0160).
bool TlsParser::on_heartbeat(Direction direction, Bytes front, TlsTransaction& tx) {
  if (front.size() < kHeartbeatHeaderSize) return true;
  const std::size_t record_size = sides_[index_of(direction)].record_size;
  ByteCursor in(front);
  const std::uint8_t type = in.u8();  // 1 request, 2 response
  const std::size_t payload = in.u16();
  if (type != 1 && type != 2) return fail(tx, Event::kInvalidHeartbeatMessage);
  if (payload > record_size) return fail(tx, Event::kOverflowHeartbeatMessage);
  if (kHeartbeatHeaderSize + payload + kHeartbeatPaddingSize > record_size) {
    return fail(tx, Event::kInvalidHeartbeatMessage);
  }
  return true;
}

/// Only sizes can be seen: an answer is as long as its request, or it leaks.
void TlsParser::on_encrypted_heartbeat(Direction direction, TlsTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  Side& other = sides_[index_of(opposite(direction))];
  if (other.heartbeat_size == 0) {
    side.heartbeat_size = side.record_size;
    return;
  }
  if (side.record_size > other.heartbeat_size) tx.raise(Event::kDataleakHeartbeatMismatch);
  other.heartbeat_size = 0;
}

void TlsParser::on_handshake(Direction direction, HandshakeType type, Bytes body,
                             TlsTransaction& tx) {
  if (failed_) return;  // by an earlier message of the same record
  if (!is_known(type)) {
    tx.raise(Event::kInvalidHandshakeMessage);
    return;
  }
  const bool from_client = direction == Direction::kToServer;
  Peer& peer = tx.peer(direction);
  note(peer, type);
  switch (type) {
    case HandshakeType::kClientHello:
      if (from_client && parse_client_hello(body, tx)) advance(tx, direction, kClientHelloDone);
      break;
    case HandshakeType::kServerHello:
      if (from_client) break;
      if (parse_server_hello(body, tx)) advance(tx, direction, kServerHello);
      if (name_of_version(tx.server.version).empty() && tx.server.version != 0) {
        tx.raise(Event::kInvalidRecordVersion);  // of what follows nothing can be known
        failed_ = true;
      }
      break;
    case HandshakeType::kCertificate:
      on_certificates(direction, body, tx);
      advance(tx, direction,
              from_client ? std::uint8_t{kClientCertDone} : std::uint8_t{kServerCertDone});
      break;
    case HandshakeType::kCertificateRequest:
      if (!from_client) tx.certificate_requested = true;
      break;
    case HandshakeType::kServerHelloDone:
      if (!from_client) advance(tx, direction, kServerHelloDone);
      break;
    case HandshakeType::kHelloRequest:
    case HandshakeType::kHelloVerifyRequest:
    case HandshakeType::kNewSessionTicket:
    case HandshakeType::kEndOfEarlyData:
    case HandshakeType::kEncryptedExtensions:
    case HandshakeType::kServerKeyExchange:
    case HandshakeType::kCertificateVerify:
    case HandshakeType::kClientKeyExchange:
    case HandshakeType::kFinished:
    case HandshakeType::kCertificateUrl:
    case HandshakeType::kCertificateStatus:
    case HandshakeType::kSupplementalData:
    case HandshakeType::kCompressedCertificate:
    case HandshakeType::kNextProtocol:
      break;
  }
}

/// RFC 5246 section 7.4.2: a list of (3 bytes length, DER), the sender's own certificate first.
void TlsParser::on_certificates(Direction direction, Bytes body, TlsTransaction& tx) {
  Peer& peer = tx.peer(direction);
  if (!peer.chain.empty()) return;
  ByteCursor message(body);
  ByteCursor list(message.take(std::min<std::size_t>(message.u24(), message.size())));
  while (list.ok() && !list.empty()) {
    const std::size_t size = list.u24();
    if (!list.ok() || size > list.size()) return tx.raise(Event::kInvalidCertificate);
    if (size == 0) return tx.raise(Event::kCertificateInvalidLength);
    peer.chain.push_back(tx.arena.copy(list.take(size)));
    if (peer.chain.size() > 1) continue;
    const CertificateStatus status =
        parse_certificate(peer.chain.front(), tx.arena, peer.certificate);
    if (status != CertificateStatus::kOk) tx.raise(event_of(status));
    if (!peer.certificate.parsed) return;
  }
}

void TlsParser::on_sslv2_message(Direction direction, Bytes message, TlsTransaction& tx) {
  constexpr std::uint8_t kClientHelloType = 1, kServerHelloType = 4;
  ByteCursor in(message);
  const std::uint8_t type = in.u8();
  if (direction == Direction::kToServer && type == kClientHelloType) {
    note(tx.client, HandshakeType::kClientHello);
    if (parse_sslv2_client_hello(in.rest(), tx)) advance(tx, direction, kClientHelloDone);
  } else if (direction == Direction::kToClient && type == kServerHelloType) {
    note(tx.server, HandshakeType::kServerHello);
    tx.server.version = tx.server.legacy_version = kSsl2;
    advance(tx, direction, kServerHello);
  }
}

/// After each piece of input: with the certificates known, nothing more is to be learnt, so the
/// handshake counts as done before its last messages. As the reference does, between packets only:
/// a server flight that asks for the client's certificate usually comes in one.
void TlsParser::settle(TlsTransaction& tx) {
  const bool server_known = tx.server.certificate.parsed;
  const bool client_known = !tx.certificate_requested || tx.client.certificate.parsed;
  if (server_known && client_known) {
    advance(tx, Direction::kToServer, kClientHandshakeDone);
    advance(tx, Direction::kToClient, kServerHandshakeDone);
  }
}

void TlsParser::wish(const TlsTransaction& tx, Direction direction) {
  if (!tx.encrypted) return;
  // The rest of an encrypted record tells nobody anything, unless rules are to look at it.
  const Side& side = sides_[index_of(direction)];
  if (side.state == Side::State::kSkip &&
      options_.encryption_handling != EncryptionHandling::kFull) {
    wishes.skip_bytes = static_cast<std::uint32_t>(side.left);
  }
  switch (options_.encryption_handling) {
    case EncryptionHandling::kTrackOnly:
      wishes.no_inspection = true;
      break;
    case EncryptionHandling::kBypass:
      wishes.bypass = true;
      break;
    case EncryptionHandling::kFull:
      break;
  }
}

ParseStatus TlsParser::gap(const AppInput& input, std::size_t missing) {
  Side& side = sides_[index_of(input.direction)];
  skip_to(side, input.stream_offset, missing);
  // Inside of encrypted data nothing is lost; elsewhere the next record cannot be found.
  if (failed_ || side.state != Side::State::kSkip || missing > side.left) {
    failed_ = true;
    return ParseStatus::kMalformed;
  }
  side.left -= missing;
  if (side.left == 0) side.state = Side::State::kHeader;
  return ParseStatus::kDone;
}

void TlsParser::finish(Direction direction) {
  ended_[index_of(direction)] = true;
  if (transaction_ != nullptr) advance(*transaction_, direction, finished(direction));
}

void TlsParser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  transaction_->clear();
  spare_.reset(transaction_);
  transaction_ = nullptr;
}

bool TlsParser::is_idle() const { return begun_ && ended_[0] && ended_[1]; }

bool TlsParser::recycle() {
  sides_ = {};
  ended_ = {};
  begun_ = failed_ = false;
  return true;
}

}  // namespace culvert::tls
