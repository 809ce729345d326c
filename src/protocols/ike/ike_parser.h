// IKE over UDP: each message is a transaction.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "base/arena.h"
#include "protocols/ike/ike1_message.h"
#include "protocols/ike/ike2_message.h"

namespace culvert::ike {

/// The reference knows some of these and never raises them.
enum class Event : std::uint8_t {
  kMalformedData,
  kNoEncryption,
  kWeakCryptoEnc,
  kWeakCryptoPrf,
  kWeakCryptoDh,
  kWeakCryptoAuth,
  kWeakCryptoNoDh,
  kWeakCryptoNoAuth,
  kInvalidProposal,
  kUnknownProposal,
  kPayloadExtraData,
  kMultipleServerProposal,
};
inline constexpr std::string_view kEventNames[] = {
    "malformed_data",   "no_encryption",    "weak_crypto_enc",    "weak_crypto_prf",
    "weak_crypto_dh",   "weak_crypto_auth", "weak_crypto_no_dh",  "weak_crypto_no_auth",
    "invalid_proposal", "unknown_proposal", "payload_extra_data", "multiple_server_proposal"};

/// Keys of one side, version 1.
struct Keys {
  Bytes key, nonce;
};

struct IkeTransaction final : MessageTransaction {
  Header header;
  Message1 v1;  ///< when header.major is 1; its bytes view the arena
  Message2 v2;  ///< when it is 2
  /// Of the flow up to here, version 1.
  std::optional<std::uint32_t> doi;
  std::array<Keys, 2> keys;  ///< by direction
  Attributes chosen;
  /// Of the flow up to here, version 2.
  Algorithms algorithms;
  Arena arena{512};

  bool is_of_server() const { return direction == Direction::kToClient; }
  /// What the server has chosen, where this is the message that says so.
  const Attributes* chosen_here() const {
    return is_of_server() && !v1.proposals.empty() ? &v1.proposals.front() : nullptr;
  }
};

class IkeParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
  bool is_idle() const override { return is_fresh_; }
  bool recycle() override;

 private:
  struct HeldKeys {
    std::vector<std::byte> key, nonce;
  };

  void take_v1(IkeTransaction& tx);
  void take_v2(IkeTransaction& tx);

  bool is_fresh_ = true;     ///< nothing of the flow is known
  std::optional<std::uint32_t> doi_;
  std::array<HeldKeys, 2> keys_;
  Attributes chosen_;
  Algorithms algorithms_;
};

}  // namespace culvert::ike
