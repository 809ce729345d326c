#include "protocols/quic/quic_parser.h"

#include <algorithm>
#include <string>

#include "protocols/quic/quic_frames.h"
#include "protocols/tls/fingerprint.h"

namespace culvert::quic {
namespace {

std::string_view without_zeros(std::string_view tag) {
  while (!tag.empty() && tag.back() == '\0') tag.remove_suffix(1);
  return tag;
}

}  // namespace

std::string_view QuicTransaction::ja3() const {
  if (hello && ja3_.empty()) ja3_ = arena.copy(std::string_view(hello->ja3()));
  return ja3_;
}
std::string_view QuicTransaction::ja3_hash() const {
  if (hello && ja3_hash_.empty()) {
    const auto hash = tls::md5_hex(ja3());
    ja3_hash_ = arena.copy(std::string_view(hash.data(), hash.size()));
  }
  return ja3_hash_;
}
std::string_view QuicTransaction::ja4() const {
  if (hello && hello->is_client && ja4_.empty()) {
    const auto text = hello->ja4();
    ja4_ = arena.copy(std::string_view(text.data(), text.size()));
  }
  return ja4_;
}

ParseStatus QuicParser::feed(const AppInput& input) {
  const Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  bool only_hello = false;
  for (std::size_t i = 0; i < kMostPacketsOfDatagram; ++i) {
    if (rest.empty() || side.has_hello || is_full()) break;
    const auto header = PacketHeader::parse(rest);
    if (!header) break;
    rest = rest.subspan(header->packet.size());
    auto tx = take_packet(*header, input.direction);
    // The reference looks no further than a packet it cannot read; a hello behind it is one still.
    const bool is_opaque = header->type != PacketType::kInitial ||
                           tx->events.has(static_cast<std::uint8_t>(Event::kFailedDecrypt));
    if (!only_hello || tx->hello) add(std::move(tx), input);
    only_hello = only_hello || is_opaque;
  }
  return ParseStatus::kDone;
}

/// Nothing but short headers so far.
bool QuicParser::is_idle() const {
  return crypto_ == nullptr && !sides_[0].has_hello && !sides_[1].has_hello;
}

bool QuicParser::recycle() {
  sides_ = {};
  crypto_.reset();
  return true;
}

std::unique_ptr<QuicTransaction> QuicParser::take_packet(const PacketHeader& header,
                                                         Direction sender) {
  auto tx = std::make_unique<QuicTransaction>();
  tx->version = header.version;
  for (std::size_t i = 0; i < 4; ++i) {
    tx->wire_version[i] = std::byte(header.version >> (24 - 8 * i) & 0xff);
  }
  if (header.is_google) {
    const bool may_be_hello = header.type == PacketType::kInitial;
    if (may_be_hello && sender == Direction::kToServer) take_google(header, *tx);
  } else if (header.type == PacketType::kInitial) {
    take_initial(header, sender, *tx);
  } else if (header.type == PacketType::kRetry && sender == Direction::kToClient) {
    // The client begins anew, with keys of another id (RFC 9001 section 5.2).
    Side& client = sides_[index_of(Direction::kToServer)];
    client.crypto.clear();
    client.has_hello = false;
    if (crypto_ != nullptr) crypto_->forget();
  }
  return tx;
}

void QuicParser::take_initial(const PacketHeader& header, Direction sender, QuicTransaction& tx) {
  if (header.payload.empty() || !InitialCrypto::knows(header.version)) return;
  const auto payload = open(header, sender);
  if (!payload) return tx.raise(Event::kFailedDecrypt);
  Side& side = sides_[index_of(sender)];
  const auto gather = [&] {
    return for_each_crypto(*payload, [&](std::uint64_t offset, Bytes bytes) {
      if (!side.crypto.add(offset, bytes)) tx.raise(Event::kCryptoFragTooLong);
    });
  };
  if (!gather()) tx.raise(Event::kErrorOnData);
  if (take_hello(side, tx)) return;
  // Anybody can make such packets. Those before may not have been the client's: this one alone.
  (void)gather();
  (void)take_hello(side, tx);
}

/// Keys come from the first packet of the client. When they do not fit another one of it, those of
/// its own id may: the server may never have seen the first.
std::optional<Bytes> QuicParser::open(const PacketHeader& header, Direction sender) {
  if (crypto_ == nullptr) crypto_ = std::make_unique<InitialCrypto>();
  const bool of_client = sender == Direction::kToServer;
  if (crypto_->has_keys()) {
    const auto payload = crypto_->open(header, sender);
    if (payload || !of_client || crypto_->is_for(header.version, header.destination_id)) {
      return payload;
    }
  }
  if (!of_client) return std::nullopt;
  crypto_->derive(header.version, header.destination_id);
  return crypto_->open(header, sender);
}

bool QuicParser::take_hello(Side& side, QuicTransaction& tx) {
  if (side.crypto.is_oversized()) {
    tx.raise(Event::kCryptoFragTooLong);
    side.crypto.clear();
    return false;
  }
  const auto message = side.crypto.message();
  if (!message) return true;
  tx.hello = Hello::parse(tx.arena.copy(*message));
  side.crypto.clear();
  if (!tx.hello) {
    tx.raise(Event::kErrorOnData);
    return false;
  }
  tx.server_name = tx.hello->server_name;
  side.has_hello = true;
  if (sides_[0].has_hello && sides_[1].has_hello) crypto_.reset();
  return true;
}

void QuicParser::take_google(const PacketHeader& header, QuicTransaction& tx) {
  const std::uint32_t number = google_number(header.version);
  const bool is_good = for_each_google_stream(header.payload, [&](Bytes message) {
    std::string cyu = std::to_string(number) + ",";
    std::string_view server_name, user_agent;
    bool first = true;
    const bool is_hello = for_each_tag(message, [&](std::string_view tag, Bytes value) {
      const std::string_view word = without_zeros(tag);
      if (word == "SNI") server_name = as_text(value);
      if (word == "UAID") user_agent = as_text(value);
      if (!first) cyu += '-';
      first = false;
      cyu += word;
    });
    if (!is_hello) return;
    tx.server_name = tx.arena.copy(server_name);
    tx.user_agent = tx.arena.copy(user_agent);
    // Versions before have another hello.
    if (number < 43 || tx.cyus.size() >= kMostCyus) return;
    const std::string_view kept = tx.arena.copy(std::string_view(cyu));
    tx.cyus.push_back({kept, tls::md5_hex(kept)});
  });
  if (!is_good) tx.raise(Event::kErrorOnData);
}

}  // namespace culvert::quic
