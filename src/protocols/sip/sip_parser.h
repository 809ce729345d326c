// SIP over UDP and TCP: each message is a transaction, in its direction, as in the reference.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "protocols/sip/sip_message.h"

namespace culvert::sip {

enum class Event : std::uint8_t { kIncompleteData, kInvalidData, kHeadersTooLong };
inline constexpr std::string_view kEventNames[] = {"incomplete_data", "invalid_data",
                                                   "headers_too_long"};

struct SipTransaction final : MessageTransaction {
  Message message;
  Arena arena{1024};
};

enum FrameType : std::uint8_t {
  kPduFrame,
  kRequestLineFrame,
  kResponseLineFrame,
  kRequestHeadersFrame,
  kResponseHeadersFrame,
  kRequestBodyFrame,
  kResponseBodyFrame,
};
inline constexpr std::string_view kFrameNames[] = {"pdu",
                                                   "request.line",
                                                   "response.line",
                                                   "request.headers",
                                                   "response.headers",
                                                   "request.body",
                                                   "response.body"};

/// The parser of one flow.
class SipParser final : public MessageParser {
 public:
  explicit SipParser(bool is_stream) : is_stream_(is_stream) {}

  ParseStatus feed(const AppInput& input) override;
  bool is_idle() const override { return sides_[0].held.empty() && sides_[1].held.empty(); }
  bool recycle() override { return is_idle(); }

 private:
  struct Side {
    std::vector<std::byte> held;  ///< front of a message
    std::size_t wanted = 0;       ///< its size; 0: not known yet
  };
  /// Makes a transaction of the first message. `size`: of it; also when only its body lacks.
  void add_frames(Bytes bytes, const AppInput& input, const SipTransaction* tx) const;
  MessageStatus take_message(Bytes bytes, const AppInput& input, std::size_t& size);
  static bool may_be_whole(const Side& side, std::size_t before);

  bool is_stream_;
  std::array<Side, 2> sides_;
};

}  // namespace culvert::sip
