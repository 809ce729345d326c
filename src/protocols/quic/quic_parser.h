// QUIC over UDP: each packet with a long header is a transaction in its direction, until that end's
// hello has been seen; what comes after it is encrypted for good.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "base/arena.h"
#include "protocols/quic/crypto_stream.h"
#include "protocols/quic/initial_crypto.h"
#include "protocols/quic/quic_hello.h"
#include "protocols/quic/quic_packet.h"

namespace culvert::quic {

enum class Event : std::uint8_t { kFailedDecrypt, kErrorOnData, kCryptoFragTooLong };
inline constexpr std::string_view kEventNames[] = {"failed_decrypt", "error_on_data",
                                                   "crypto_frag_too_long"};

/// Fingerprint of a client of Google's QUIC: the tags of its hello.
struct Cyu {
  std::string_view text;  ///< "46,PAD-SNI-VER"
  std::array<char, 32> hash;
};

struct QuicTransaction final : MessageTransaction {
  Version version = 0;
  std::array<std::byte, 4> wire_version{};
  std::string_view server_name, user_agent;
  std::vector<Cyu> cyus;
  std::optional<Hello> hello;
  mutable Arena arena{256};

  /// Of the hello; made when first asked for.
  std::string_view ja3() const;
  std::string_view ja3_hash() const;
  std::string_view ja4() const;  ///< empty: it is a server's

  void raise(Event event) { raise_anew(event); }

 private:
  mutable std::string_view ja3_, ja3_hash_, ja4_;
};

class QuicParser final : public MessageParser {
 public:
  static constexpr std::size_t kMostPacketsOfDatagram = 64;
  static constexpr std::size_t kMostCyus = 16;

  ParseStatus feed(const AppInput& input) override;
  bool is_idle() const override;
  bool recycle() override;

 private:
  struct Side {
    CryptoStream crypto;
    bool has_hello = false;
  };

  std::unique_ptr<QuicTransaction> take_packet(const PacketHeader& header, Direction sender);
  void take_initial(const PacketHeader& header, Direction sender, QuicTransaction& tx);
  std::optional<Bytes> open(const PacketHeader& header, Direction sender);
  /// False: what has come together is no hello, and is forgotten.
  bool take_hello(Side& side, QuicTransaction& tx);
  void take_google(const PacketHeader& header, QuicTransaction& tx);

  std::array<Side, 2> sides_;
  std::unique_ptr<InitialCrypto> crypto_;  ///< null: not needed yet, or any more
};

}  // namespace culvert::quic
