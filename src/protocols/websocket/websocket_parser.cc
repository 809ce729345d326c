#include "protocols/websocket/websocket_parser.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/byte_cursor.h"

namespace culvert::websocket {
namespace {

/// Size of the header whose first two bytes are given.
std::size_t header_size_of(std::byte second) {
  const unsigned length = std::to_integer<unsigned>(second) & 0x7f;
  const std::size_t mask = (second & std::byte{0x80}) != std::byte{0} ? 4 : 0;
  return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0u) + mask;
}

}  // namespace

std::string_view name_of_opcode(std::uint8_t opcode) {
  switch (opcode) {
    case kContinuation:
      return "continuation";
    case kText:
      return "text";
    case kBinary:
      return "binary";
    case kClose:
      return "close";
    case kPing:
      return "ping";
    case kPong:
      return "pong";
    default:
      return {};
  }
}

void WebsocketParser::FreeStream::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

ParseStatus WebsocketParser::feed(const AppInput& input) {
  time_ = input.time;
  frames_ = input.frames;
  input_end_ = input.stream_offset + input.bytes.size();
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    if (is_full()) return ParseStatus::kMalformed;
    if (side.frame == nullptr) {
      feed_header(side, rest, input.direction);
    } else {
      feed_payload(side, rest);
    }
  }
  return side.frame == nullptr && side.header_size == 0 ? ParseStatus::kDone
                                                        : ParseStatus::kNeedMore;
}

void WebsocketParser::feed_header(Side& side, Bytes& rest, Direction direction) {
  std::size_t wanted = side.header_size < 2 ? 2 : header_size_of(side.header[1]);
  while (side.header_size < wanted && !rest.empty()) {
    side.header[side.header_size++] = rest[0];
    rest = rest.subspan(1);
    if (side.header_size == 2) wanted = header_size_of(side.header[1]);
  }
  if (side.header_size < wanted) return;
  ByteCursor in(Bytes(side.header).first(wanted));
  const std::uint8_t first = in.u8();
  const std::uint8_t second = in.u8();
  side.header_size = 0;
  side.left = second & 0x7f;
  if (side.left == 126) {
    side.left = in.u16();
  } else if (side.left == 127) {
    // The top bit has to be 0 (section 5.2); so ends of frames stay in 64 bits whatever it is.
    side.left = std::min<std::uint64_t>(in.u64(), std::numeric_limits<std::int64_t>::max());
  }
  side.position = 0;
  side.frame = std::make_unique<WebsocketTransaction>();
  side.frame->direction = direction;
  side.frame->flags = first & 0xf0;
  side.frame->opcode = first & 0x0f;
  if ((second & 0x80) != 0) side.frame->mask = in.u32();
  add_frames(side, wanted, rest);
  if (side.left == 0) end_frame(side);
}

void WebsocketParser::add_frames(Side& side, std::size_t header_size, Bytes rest) const {
  if (frames_ == nullptr) return;
  const std::uint64_t data = input_end_ - rest.size();
  side.frame_ids = {frames_->add(kHeaderFrame, data - header_size, header_size),
                    frames_->add(kPduFrame, data - header_size, header_size + side.left),
                    frames_->add(kDataFrame, data, side.left)};
}

void WebsocketParser::feed_payload(Side& side, Bytes& rest) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(side.left, rest.size()));
  const Bytes piece = rest.first(size);
  rest = rest.subspan(size);
  side.left -= size;
  WebsocketTransaction& frame = *side.frame;
  const std::size_t room = options_.max_payload_bytes -
                           std::min<std::size_t>(options_.max_payload_bytes, frame.payload.size());
  const Bytes kept = piece.first(std::min(room, piece.size()));
  if (kept.size() < piece.size()) frame.raise(Event::kSkipEndOfPayload);
  const std::uint32_t mask = frame.mask.value_or(0);
  for (const std::byte byte : kept) {
    const unsigned shift = 24 - 8 * static_cast<unsigned>(side.position++ % 4);
    frame.payload.push_back(byte ^ static_cast<std::byte>(mask >> shift & 0xff));
  }
  if (side.left == 0) end_frame(side);
}

void WebsocketParser::end_frame(Side& side) {
  WebsocketTransaction& frame = *side.frame;
  const bool is_control = frame.opcode >= kClose;
  const bool is_last = (frame.flags & kFin) != 0;
  if (!is_control && (!is_last || side.in_message || (frame.flags & kCompressed) != 0)) {
    if (frame.opcode != kContinuation || !side.in_message) {  // a message begins
      side.message.clear();
      side.message_is_compressed = (frame.flags & kCompressed) != 0;
      side.message_is_cut = false;
      side.in_message = true;
    }
    const std::size_t room = options_.max_payload_bytes - side.message.size();
    const std::size_t size = std::min(room, frame.payload.size());
    if (size < frame.payload.size() || frame.events.has(0)) side.message_is_cut = true;
    if (size < frame.payload.size()) frame.raise(Event::kReassemblyLimitReached);
    side.message.insert(side.message.end(), frame.payload.begin(),
                        frame.payload.begin() + static_cast<std::ptrdiff_t>(size));
    if (is_last) end_message(side);
  }
  add(std::move(side.frame), frame.direction, time_);
  if (frames_ != nullptr) {
    for (const std::uint32_t id : side.frame_ids) frames_->set_transaction(id, frame.id);
  }
}

/// The last frame gets the whole message.
void WebsocketParser::end_message(Side& side) {
  side.in_message = false;
  if (!side.message_is_compressed) {
    side.frame->payload = side.message;
  } else {
    // RFC 7692 section 7.2.2: the tail of an empty block, which senders leave out, comes back.
    constexpr std::byte kTail[] = {std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};
    if (!side.message_is_cut) {
      side.message.insert(side.message.end(), std::begin(kTail), std::end(kTail));
    }
    std::vector<std::byte> plain;
    if (inflate(side, side.message, plain)) side.frame->payload = std::move(plain);
    if (side.message_is_cut) side.inflater.reset();  // what follows would refer to what is missing
  }
  side.message.clear();
}

/// False: nothing came out. What exceeds the limit is left out.
bool WebsocketParser::inflate(Side& side, Bytes in, std::vector<std::byte>& out) {
  if (side.inflater == nullptr) {
    auto stream = std::make_unique<z_stream_s>();
    if (inflateInit2(stream.get(), -15) != Z_OK) return false;
    side.inflater.reset(stream.release());
  }
  z_stream_s& stream = *side.inflater;
  out.resize(options_.max_payload_bytes);
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(in.data()));
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  const int status = ::inflate(&stream, Z_SYNC_FLUSH);
  const bool full = stream.avail_out == 0;
  out.resize(out.size() - stream.avail_out);
  if (full) side.frame->raise(Event::kReassemblyLimitReached);
  if (full || (status != Z_OK && status != Z_BUF_ERROR)) side.inflater.reset();
  return !out.empty();
}

ParseStatus WebsocketParser::gap(const AppInput& input, std::size_t missing) {
  Side& side = sides_[index_of(input.direction)];
  frames_ = input.frames;
  if (side.frame == nullptr || missing > side.left) return ParseStatus::kMalformed;
  side.left -= missing;
  side.position += missing;
  side.message_is_cut = true;
  side.frame->raise(Event::kSkipEndOfPayload);
  if (side.left == 0) end_frame(side);
  return ParseStatus::kDone;
}

}  // namespace culvert::websocket
