// WebSocket (RFC 6455) with permessage-deflate (RFC 7692), entered by upgrade from HTTP.
//
//   frame (section 5.2):  FIN, RSV1-3, opcode | MASK, 7 bits length | 0, 2 or 8 bytes length
//                         | 4 bytes mask, if MASK | payload
//
// Each frame is a transaction, in its direction. The payload of the last frame of a message is the
// whole message, put together and inflated; control frames may come in between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/message_parser.h"

struct z_stream_s;

namespace culvert::websocket {

/// `app-layer.protocols.websocket`.
struct WebsocketOptions {
  std::uint32_t max_payload_bytes = 65535;  ///< of a frame, and of a message; the rest is skipped
};

enum class Event : std::uint8_t { kSkipEndOfPayload, kReassemblyLimitReached };
inline constexpr std::string_view kEventNames[] = {"skip_end_of_payload",
                                                   "reassembly_limit_reached"};

enum Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};
/// "text"; empty: none is assigned.
std::string_view name_of_opcode(std::uint8_t opcode);

/// Bits of WebsocketTransaction::flags.
inline constexpr std::uint8_t kFin = 0x80, kCompressed = 0x40;

struct WebsocketTransaction final : MessageTransaction {
  std::uint8_t flags = 0;  ///< the upper half of the first byte
  std::uint8_t opcode = 0;
  std::optional<std::uint32_t> mask;
  std::vector<std::byte> payload;

  void raise(Event event) { raise_anew(event); }
};

/// The parser of one flow. `options` outlive it.
enum FrameType : std::uint8_t { kHeaderFrame, kPduFrame, kDataFrame };
inline constexpr std::string_view kFrameNames[] = {"header", "pdu", "data"};

class WebsocketParser final : public MessageParser {
 public:
  explicit WebsocketParser(const WebsocketOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  bool is_idle() const override { return false; }
  bool recycle() override { return false; }

 private:
  struct FreeStream {
    void operator()(z_stream_s* stream) const;
  };
  struct Side {
    std::array<std::byte, 14> header{};
    std::uint8_t header_size = 0;
    std::array<std::uint32_t, 3> frame_ids{};     ///< of FrameList
    std::uint64_t left = 0;                       ///< of the frame's payload
    std::uint64_t position = 0;                   ///< in the payload, for the mask
    std::unique_ptr<WebsocketTransaction> frame;  ///< while its payload comes
    // A message of several frames.
    std::vector<std::byte> message;
    bool in_message = false, message_is_compressed = false, message_is_cut = false;
    std::unique_ptr<z_stream_s, FreeStream> inflater;  ///< goes on from message to message
  };
  void feed_header(Side& side, Bytes& rest, Direction direction);
  void add_frames(Side& side, std::size_t header_size, Bytes rest) const;
  void feed_payload(Side& side, Bytes& rest);
  void end_frame(Side& side);
  void end_message(Side& side);
  bool inflate(Side& side, Bytes in, std::vector<std::byte>& out);

  const WebsocketOptions& options_;
  std::array<Side, 2> sides_;
  Timestamp time_{};
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t input_end_ = 0;  ///< stream offset behind the bytes of this call
};

}  // namespace culvert::websocket
