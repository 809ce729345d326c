// The handshake of RFB, RFC 6143 section 7:
//
//   server                          client
//   "RFB 003.008\n"                 "RFB 003.008\n"
//   number of types, types          the type chosen          3.3: the server's type, 4 bytes
//   challenge (16)                  response (16)            VNC only
//   result (4)                      share? (1)               no result: 3.3 and 3.7 without
//   security width, height, format, name
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/exchange_parser.h"
#include "base/arena.h"

namespace culvert::rfb {

enum class Event : std::uint8_t {
  kUnimplementedSecurityType,
  kUnknownSecurityResult,
  kMalformedMessage,
  kConfusedState,
  kTooLongString,
};
inline constexpr std::string_view kEventNames[] = {"unimplemented_security_type",
                                                   "unknown_security_result", "malformed_message",
                                                   "confused_state", "too_long_string"};

struct Screen {
  std::uint16_t width = 0, height = 0;
  std::uint8_t bits_per_pixel = 0, depth = 0;
  bool big_endian = false, true_color = false;
  std::uint16_t red_max = 0, green_max = 0, blue_max = 0;
  std::uint8_t red_shift = 0, green_shift = 0, blue_shift = 0;
  std::string_view name;
};

struct RfbTransaction final : Transaction {
  std::array<std::string_view, 2> versions;  ///< "003.008", of client and server; empty: none yet
  std::optional<std::uint32_t> security_type;
  Bytes challenge, response;
  std::optional<std::uint32_t> security_result;  ///< only 0, that is OK
  std::string_view failure_reason;
  std::optional<bool> is_shared;
  std::optional<Screen> screen;
  Arena arena{256};
};

inline constexpr std::uint8_t kPduFrame = 0;
inline constexpr std::string_view kFrameNames[] = {"pdu"};

class RfbParser final : public ExchangeParser {
 public:
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void free_transaction(Transaction* transaction) override;

 private:
  enum class State : std::uint8_t {
    kServerVersion,
    kClientVersion,
    kSecurityType,   ///< 3.3: the server's word
    kSecurityTypes,  ///< 3.7 and later: what the server offers
    kSecurityChoice,
    kChallenge,
    kResponse,
    kResult,
    kFailureReason,
    kClientInit,
    kServerInit,
    kDone,
  };
  struct Step {
    enum class Status : std::uint8_t { kOk, kNeedMore, kMalformed } status;
    std::size_t used = 0;
  };

  static Direction sender_in(State state);
  Step step(Bytes bytes);
  Step read_version(Bytes bytes, Direction sender);
  Step read_reason(Bytes bytes);
  Step read_server_init(Bytes bytes);
  void choose(std::uint32_t type);
  void raise(Event event);
  ParseStatus give_up(Event event);

  RfbTransaction* tx_ = nullptr;  ///< null: freed, or not begun
  bool begun_ = false;
  State state_ = State::kServerVersion;
  int minor_ = 0;  ///< 3, 7 or 8
  std::array<std::vector<std::byte>, 2> held_;
};

}  // namespace culvert::rfb
