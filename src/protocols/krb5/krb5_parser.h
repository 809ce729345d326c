// Kerberos over TCP (RFC 4120 section 7.2.2: each message after its length in 4 bytes) and UDP:
// each message is a transaction of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "app/held_front.h"
#include "app/message_parser.h"
#include "base/arena.h"
#include "protocols/krb5/krb5_message.h"

namespace culvert::krb5 {

enum class Event : std::uint8_t { kMalformedData, kWeakEncryption };
inline constexpr std::string_view kEventNames[] = {"malformed_data", "weak_encryption"};

struct Krb5Transaction final : MessageTransaction {
  Message message;                            ///< views the arena
  std::optional<MessageType> failed_request;  ///< of an error: what was asked last
  Arena arena{512};
};

class Krb5Parser final : public MessageParser {
 public:
  static constexpr std::size_t kMostMessageBytes = 128 * 1024;

  explicit Krb5Parser(bool is_stream) : is_stream_(is_stream) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  bool is_idle() const override { return false; }
  bool recycle() override;

 private:
  struct Side {
    HeldFront held;          ///< with its length
    std::uint64_t skip = 0;  ///< bytes to pass over
  };

  void take_message(Bytes bytes, const AppInput& input);
  /// Of something that has become no transaction: raised on the last one.
  void complain();

  bool is_stream_;
  std::array<Side, 2> sides_;
  std::optional<MessageType> last_request_;
};

}  // namespace culvert::krb5
