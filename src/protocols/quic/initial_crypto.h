// Opens Initial packets. Their keys hide nothing: both ends, and who watches, derive them from the
// destination id of the client's first packet (RFC 9001 section 5).
//
//   initial = HKDF-Extract(salt of the version, id)
//   client, server = Expand(initial, "client in"), Expand(initial, "server in")
//   key, iv, hp = Expand(client or server, "quic key", "quic iv", "quic hp")
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "packet/packet.h"
#include "protocols/quic/quic_packet.h"

struct evp_cipher_ctx_st;

namespace culvert::quic {

/// Of one connection. Its two cipher contexts live as long as it; a packet makes none.
class InitialCrypto {
 public:
  /// Whether packets of that version can be opened at all.
  static bool knows(Version version);

  InitialCrypto();

  /// REQUIRES: knows(version).
  void derive(Version version, Bytes id);
  void forget() { has_keys_ = false; }
  bool has_keys() const { return has_keys_; }
  bool is_for(Version version, Bytes id) const;

  /// What the packet holds; nothing: it is not one that `sender` made with these keys. Valid until
  /// the next call. REQUIRES: has_keys().
  std::optional<Bytes> open(const PacketHeader& header, Direction sender);

 private:
  struct Keys {
    std::array<std::byte, 16> key, header_key;
    std::array<std::byte, 12> iv;
    std::uint64_t next_number = 0;  ///< behind the highest so far
  };
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, FreeContext>;

  Context mask_cipher_, payload_cipher_;
  std::array<Keys, 2> keys_{};  ///< by sender
  Version version_ = 0;
  std::array<std::byte, 32> id_hash_{};  ///< tells one id from another, whatever its size
  bool has_keys_ = false;
  std::vector<std::byte> opened_;
};

}  // namespace culvert::quic
