#include "protocols/rdp/rdp_message.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "event/json_text.h"
#include "protocols/asn1/ber_reader.h"
#include "protocols/rdp/rdp_names.h"

namespace culvert::rdp {
namespace {


// --- X.224 --------------------------------------------------------------------------------------

std::optional<Message> parse_initial_request(ByteCursor in) {
  constexpr std::string_view kCookie = "Cookie: mstshash=";
  constexpr std::uint8_t kNegotiation = 1, kKnownFlags = 0x0b;
  InitialRequest request;
  in.skip(5);  // references and class
  if (!in.ok()) return std::nullopt;
  const std::string_view rest = as_text(in.rest());
  if (!rest.empty() && rest[0] != static_cast<char>(kNegotiation)) {
    const std::size_t end = rest.find("\r\n");
    if (end == rest.npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with(kCookie) && is_valid_utf8(line)) {
      request.cookie = line.substr(kCookie.size());
    }
    in.skip(end + 2);
  }
  if (in.size() >= 8 && in.u8() == kNegotiation) {
    const std::uint8_t flags = in.u8();
    if ((flags & ~kKnownFlags) == 0) request.flags = flags;
  }
  return request;
}

std::optional<Message> parse_initial_response(ByteCursor in) {
  constexpr std::uint8_t kProtocol = 2, kFailure = 3, kKnownFlags = 0x1f;
  using Kind = InitialResponse::Kind;
  InitialResponse response;
  in.skip(5);
  if (!in.ok()) return std::nullopt;
  if (in.size() < 8) return response;
  const std::uint8_t type = in.u8();
  response.flags = in.u8();
  in.skip(2);
  response.number = in.u32_little();
  if (type == kProtocol) {
    response.kind = Kind::kProtocol;
    const bool known = (response.flags & ~kKnownFlags) == 0;
    if (!known || name_of_protocol(response.number).empty()) return std::nullopt;
  } else if (type == kFailure) {
    response.kind = Kind::kFailure;
    if (name_of_failure(response.number).empty()) return std::nullopt;
  }
  return response;
}

// --- client data --------------------------------------------------------------------------------

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  int shift = point < 0x800 ? 6 : point < 0x10000 ? 12 : 18;
  const std::uint32_t lead = point < 0x800 ? 0xc0 : point < 0x10000 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | point >> shift);
  while (shift > 0) {
    shift -= 6;
    out += static_cast<char>(0x80 | (point >> shift & 0x3f));
  }
}

/// UTF-16 up to a NUL. False: it is none.
bool take_text(ByteCursor& in, std::size_t size, std::string& out) {
  ByteCursor text(in.take(size));
  while (text.size() >= 2) {
    std::uint32_t point = text.u16_little();
    if (point == 0) return true;
    if (point >= 0xd800 && point < 0xdc00) {
      const std::uint32_t low = text.size() >= 2 ? text.u16_little() : 0u;
      if (low < 0xdc00 || low > 0xdfff) return false;
      point = 0x10000 + (point - 0xd800) * 0x400 + (low - 0xdc00);
    } else if (point >= 0xdc00 && point < 0xe000) {
      return false;
    }
    append_utf8(out, point);
  }
  return true;
}

/// Bits of a `postBeta2ColorDepth` and of `colorDepth`.
std::optional<std::uint16_t> depth_of_code(std::uint16_t code) {
  constexpr std::uint16_t kDepths[] = {4, 8, 15, 16, 24};
  if (code < 0xca00 || code > 0xca04) return std::nullopt;
  return kDepths[code - 0xca00];
}

/// The fields behind those that each client sends, up to the first that makes no sense.
void read_optional_fields(ByteCursor in, ClientCore& core) {
  constexpr std::uint16_t kKnownCapabilities = 0x07ff;
  const std::uint16_t older_depth = in.u16_little();
  const auto older = depth_of_code(older_depth);
  if (!in.ok() || !older) return;
  core.color_depth = older;
  core.product_id = in.u16_little();
  core.serial_number = in.u32_little();
  const std::uint16_t depth = in.u16_little();
  constexpr std::uint16_t kDepths[] = {4, 8, 15, 16, 24};
  if (!in.ok() || std::ranges::find(kDepths, depth) == std::end(kDepths)) return;
  core.color_depth = depth;
  in.skip(2);  // depths that are supported
  const std::uint16_t capabilities = in.u16_little();
  if (!in.ok() || capabilities > kKnownCapabilities) return;
  if (capabilities != 0) core.capabilities = capabilities;
  if (!take_text(in, 64, core.id) || !in.ok()) return;
  core.connection_type = in.u8();
  in.skip(1 + 4);  // padding, protocol that was chosen
  const std::uint32_t width = in.u32_little();
  if (in.ok()) core.physical_width = width;
  const std::uint32_t height = in.u32_little();
  if (in.ok()) core.physical_height = height;
  const std::uint16_t orientation = in.u16_little();
  if (!in.ok() || orientation > 270 || orientation % 90 != 0) return;
  core.orientation = orientation;
  const std::uint32_t scale = in.u32_little();
  if (in.ok()) core.scale = scale;
  const std::uint32_t device_scale = in.u32_little();
  if (in.ok()) core.device_scale = device_scale;
}

std::optional<ClientCore> parse_core(Bytes block) {
  ByteCursor in(block);
  ClientCore core;
  core.version = in.u32_little();
  core.width = in.u16_little();
  core.height = in.u16_little();
  core.color_depth = depth_of_code(in.u16_little());
  in.skip(2);  // SAS sequence
  core.layout = in.u32_little();
  core.build = in.u32_little();
  bool good = take_text(in, 32, core.name);
  core.keyboard_type = in.u32_little();
  core.keyboard_subtype = in.u32_little();
  core.function_keys = in.u32_little();
  good = good && take_text(in, 64, core.ime);
  if (!in.ok() || !good) return std::nullopt;
  read_optional_fields(in, core);
  return core;
}

void read_channels(Bytes block, ConnectRequest& request) {
  constexpr std::size_t kNameSize = 8;
  ByteCursor in(block);
  const std::uint32_t count = in.u32_little();
  for (std::uint32_t i = 0; i < count && i < ConnectRequest::kMostChannels; ++i) {
    const std::string_view field = as_text(in.take(kNameSize));
    in.skip(4);  // options
    const std::string_view name = field.substr(0, field.find('\0'));
    if (!in.ok() || !is_valid_utf8(name)) {
      request.channels.clear();
      return;
    }
    request.channels.emplace_back(name);
  }
}

/// Packed encoding rules (X.691 section 10.9): one byte, or two with the first bit set.
std::size_t take_packed_length(ByteCursor& in) {
  const std::uint8_t first = in.u8();
  return (first & 0x80u) == 0 ? first : static_cast<std::size_t>((first & 0x3fu) << 8 | in.u8());
}

std::optional<Message> parse_connect_request(Bytes content) {
  BerReader initial(content);
  initial.content(kBerOctetString);  // domain selectors of both ends
  initial.content(kBerOctetString);
  initial.content(kBerBoolean);
  for (int i = 0; i < 3; ++i) initial.content(kBerSequence);  // parameters
  ByteCursor in(initial.content(kBerOctetString));
  if (!initial.ok()) return std::nullopt;
  in.skip(7);  // a conference is to be created (T.124 section 8.7)
  take_packed_length(in);
  in.skip(8);
  if (as_text(in.take(4)) != "Duca") return std::nullopt;
  ByteCursor blocks(in.take(take_packed_length(in)));
  if (!in.ok()) return std::nullopt;
  ConnectRequest request;
  while (!blocks.empty()) {
    constexpr std::uint16_t kCore = 0xc001, kNetwork = 0xc003, kHeaderSize = 4;
    const std::uint16_t type = blocks.u16_little(), size = blocks.u16_little();
    if (size < kHeaderSize) break;
    const Bytes block = blocks.take(size - kHeaderSize);
    if (!blocks.ok()) break;
    if (type == kCore && !request.client) request.client = parse_core(block);
    if (type == kNetwork && request.channels.empty()) read_channels(block, request);
  }
  return request;
}

std::optional<Message> parse_data(ByteCursor in) {
  constexpr std::uint16_t kConnectInitial = 0x7f65, kConnectResponse = 0x7f66;
  in.skip(1);  // end of transmission
  const std::uint16_t tag = in.u16();
  if (!in.ok()) return std::nullopt;
  if (tag == kConnectResponse) return ConnectResponse{};
  if (tag != kConnectInitial) return std::nullopt;
  // The tag is two bytes, which BerReader does not know: its length by hand.
  const std::uint8_t first = in.u8();
  std::size_t size = first;
  if ((first & 0x80u) != 0) size = static_cast<std::size_t>(in.read(std::min(first & 0x7fu, 4u)));
  const Bytes content = in.take(size);
  if (!in.ok()) return std::nullopt;
  return parse_connect_request(content);
}

}  // namespace

std::optional<Message> parse_packet(Bytes packet) {
  ByteCursor in(packet);
  in.skip(kTpktSize + 1);
  const unsigned type = in.u8() & 0xf0u;
  if (!in.ok()) return std::nullopt;
  switch (type) {
    case 0xe0:
      return parse_initial_request(in);
    case 0xd0:
      return parse_initial_response(in);
    case 0xf0:
      return parse_data(in);
    default:
      return std::nullopt;
  }
}

}  // namespace culvert::rdp
