#include "protocols/sip/sip_parser.h"

#include <algorithm>

namespace culvert::sip {
ParseStatus SipParser::feed(const AppInput& input) {
  if (is_full()) return ParseStatus::kMalformed;
  std::size_t size = 0;
  if (!is_stream_) {
    // What is no SIP among datagrams, such as keep-alives, is an error that ends nothing.
    return take_message(input.bytes, input, size) == MessageStatus::kOk ? ParseStatus::kDone
                                                                        : ParseStatus::kMalformed;
  }
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  if (!side.held.empty()) {
    const std::size_t before = side.held.size();
    side.held.insert(side.held.end(), rest.begin(), rest.end());
    if (!may_be_whole(side, before)) return ParseStatus::kNeedMore;
    rest = side.held;
  }
  side.wanted = 0;
  while (!rest.empty() && !is_full()) {
    const MessageStatus status = take_message(rest, input, size);
    if (status == MessageStatus::kMalformed) return ParseStatus::kMalformed;
    if (status == MessageStatus::kNeedMore) {
      side.wanted = size;
      break;
    }
    rest = rest.subspan(size);
  }
  std::vector<std::byte> left(rest.begin(), rest.end());
  side.held.swap(left);
  return side.held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

/// Whether a look at what is held is worth it: its size is there, or, while that is not known, the
/// empty line behind the headers. So a message in many pieces is parsed twice, not for each piece.
bool SipParser::may_be_whole(const Side& side, std::size_t before) {
  if (side.wanted != 0) return side.held.size() >= side.wanted;
  if (side.held.size() >= kMostHeaderBytes) return true;
  const std::size_t from = before < 3 ? 0 : before - 3;
  return as_text(side.held).find("\r\n\r\n", from) != std::string_view::npos;
}

MessageStatus SipParser::take_message(Bytes bytes, const AppInput& input, std::size_t& size) {
  auto transaction = std::make_unique<SipTransaction>();
  MessageStatus status = transaction->message.parse(bytes, is_stream_, transaction->arena);
  size = transaction->message.size;
  // Requests are the client's, as in the reference; either end of a call may send them.
  const bool is_of_client = input.direction == Direction::kToServer;
  if (status == MessageStatus::kOk && transaction->message.is_request != is_of_client) {
    status = MessageStatus::kMalformed;
  }
  if (status != MessageStatus::kOk) {
    if (!is_stream_) add_frames(bytes, input, nullptr);
    return status;
  }
  add_frames(bytes, input, &add(std::move(transaction), input));
  return status;
}

/// Null: the bytes are no message.
void SipParser::add_frames(Bytes bytes, const AppInput& input, const SipTransaction* tx) const {
  if (input.frames == nullptr) return;
  const std::uint64_t begin = input.offset_of(bytes);
  if (tx == nullptr) {
    input.frames->add(kPduFrame, begin, bytes.size());
    return;
  }
  const Message& message = tx->message;
  const auto add = [&](FrameType request, FrameType response, std::size_t offset, std::size_t size) {
    input.frames->add(message.is_request ? request : response, begin + offset, size, tx->id);
  };
  add(kPduFrame, kPduFrame, 0, message.size);
  add(kRequestLineFrame, kResponseLineFrame, 0, message.line_size);
  add(kRequestHeadersFrame, kResponseHeadersFrame, message.line_size, message.header_size);
  const std::size_t head = message.line_size + message.header_size + 2;
  if (message.size <= head) return;
  add(kRequestBodyFrame, kResponseBodyFrame, head, message.size - head);
}

}  // namespace culvert::sip
