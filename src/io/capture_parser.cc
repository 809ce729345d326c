#include "io/capture_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert {
namespace {

constexpr std::uint32_t kPcapMicro = 0xa1b2c3d4, kPcapNano = 0xa1b23c4d, kPcapModified = 0xa1b2cd34;
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterfaceDescription = 1, kPacketBlock = 2, kSimplePacket = 3,
                        kEnhancedPacket = 6;
constexpr std::size_t kPcapHeaderSize = 24, kMinBlockSize = 12;
constexpr std::size_t kMaxInterfaces = 65536;

struct LinkTypeNumber {
  std::uint32_t dlt;
  LinkType type;
};
// https://www.tcpdump.org/linktypes.html
constexpr LinkTypeNumber kLinkTypes[] = {
    {0, LinkType::kNull},   {1, LinkType::kEthernet}, {9, LinkType::kPpp},  {12, LinkType::kRaw},
    {14, LinkType::kRaw},   {101, LinkType::kRaw},    {104, LinkType::kChdlc},
    {108, LinkType::kLoop}, {113, LinkType::kSll},    {228, LinkType::kIpv4}, {229, LinkType::kIpv6},
    {239, LinkType::kNflog}, {276, LinkType::kSll2},
};

Timestamp to_time(std::uint64_t units, std::uint64_t units_per_second, std::int64_t offset) {
  const std::uint64_t seconds = units / units_per_second;
  const std::uint64_t rest = units % units_per_second;
  const std::uint64_t nanoseconds =
      units_per_second <= 1'000'000'000
          ? rest * (1'000'000'000 / units_per_second)
          : static_cast<std::uint64_t>(static_cast<double>(rest) * 1e9 /
                                       static_cast<double>(units_per_second));
  constexpr std::uint64_t kLatest = 9'000'000'000;  // keeps the sum of both within 64 bits
  return make_timestamp(static_cast<std::int64_t>(std::min(seconds, kLatest)) +
                            std::clamp<std::int64_t>(offset, -100'000'000, 100'000'000),
                        static_cast<std::int64_t>(nanoseconds));
}

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace

std::optional<LinkType> find_link_type(std::uint32_t dlt) {
  for (const auto& known : kLinkTypes) {
    if (known.dlt == dlt) return known.type;
  }
  return std::nullopt;
}

std::uint32_t CaptureParser::read(Bytes bytes, std::size_t at, std::size_t width) const {
  ByteCursor in(at <= bytes.size() ? bytes.subspan(at) : Bytes{});
  if (width == 4) return little_ ? in.u32_little() : in.u32();
  return static_cast<std::uint32_t>(little_ ? in.read_little(width) : in.read(width));
}

CaptureParser::Status CaptureParser::broken(std::string why) {
  error_ = std::move(why);
  format_ = Format::kUnknown;  // it stays so: next() begins nothing more
  return Status::kBroken;
}

CaptureParser::Status CaptureParser::next_slowly(Bytes input, std::size_t& consumed, Record& packet) {
  consumed = 0;
  if (!error_.empty()) return Status::kBroken;
  switch (format_) {
    case Format::kUnknown:
      return file_header(input, consumed);
    case Format::kPcap:
      return pcap_record(input);
    case Format::kPcapng:
      return block(input, consumed, packet);
  }
  return Status::kBroken;
}

CaptureParser::Status CaptureParser::file_header(Bytes input, std::size_t& consumed) {
  if (input.size() < 4) return Status::kNeedMore;
  for (const bool little : {true, false}) {
    little_ = little;
    const std::uint32_t magic = read(input, 0, 4);
    if (magic == kSectionHeader) {
      format_ = Format::kPcapng;
      return Status::kSkipped;
    }
    if (magic != kPcapMicro && magic != kPcapNano && magic != kPcapModified) continue;
    if (input.size() < kPcapHeaderSize) return Status::kNeedMore;
    format_ = Format::kPcap;
    nanoseconds_ = magic == kPcapNano;
    extra_header_ = magic == kPcapModified ? 8 : 0;
    dlt_ = read(input, 20, 4) & 0x0fffffff;
    consumed = kPcapHeaderSize;
    return Status::kSkipped;
  }
  return broken("not a capture file: it begins like neither pcap nor pcapng");
}

/// Why next_pcap() could not take it.
CaptureParser::Status CaptureParser::pcap_record(Bytes input) {
  if (input.size() < kPcapRecordSize + extra_header_) return Status::kNeedMore;
  const std::uint32_t captured = read(input, 8, 4);
  if (captured > kMaxRecordBytes) {
    return broken(fmt::format("a packet of {} bytes: the file is corrupt from here on", captured));
  }
  return Status::kNeedMore;
}

//  0      4               8          length-4
//  | type | total length  | body ... | total length |
CaptureParser::Status CaptureParser::block(Bytes input, std::size_t& consumed, Record& packet) {
  if (input.size() < kMinBlockSize) return Status::kNeedMore;
  std::uint32_t type = read(input, 0, 4);
  if (type == kSectionHeader) {  // the same in either byte order, which the section now tells
    little_ = true;
    if (read(input, 8, 4) != kByteOrderMagic) little_ = false;
    if (read(input, 8, 4) != kByteOrderMagic) return broken("a pcapng section without byte order");
  }
  const std::uint32_t length = read(input, 4, 4);
  if (length < kMinBlockSize || length % 4 != 0 || length > kMaxRecordBytes) {
    return broken(fmt::format("a pcapng block of {} bytes: the file is corrupt from here on",
                              length));
  }
  if (input.size() < length) return Status::kNeedMore;
  consumed = length;
  const Bytes body = input.subspan(8, length - kMinBlockSize);
  switch (type) {
    case kSectionHeader:
      interfaces_.clear();
      return Status::kSkipped;
    case kInterfaceDescription:
      return interface_block(body);
    case kEnhancedPacket:
    case kSimplePacket:
    case kPacketBlock:
      return packet_block(type, body, packet);
    default:
      return Status::kSkipped;
  }
}

CaptureParser::Status CaptureParser::interface_block(Bytes body) {
  if (body.size() < 8) return broken("a pcapng interface description cut short");
  if (interfaces_.size() == kMaxInterfaces) return broken("too many pcapng interfaces");
  Interface interface;
  interface.dlt = read(body, 0, 2);
  interface.snap_length = read(body, 4, 4);
  constexpr std::uint32_t kEndOfOptions = 0, kTimeResolution = 9, kTimeOffset = 14;
  for (std::size_t at = 8; at + 4 <= body.size();) {
    const std::uint32_t code = read(body, at, 2);
    const std::size_t size = read(body, at + 2, 2);
    at += 4;
    if (code == kEndOfOptions || at + size > body.size()) break;
    if (code == kTimeResolution && size == 1) {
      const std::uint32_t value = read(body, at, 1);
      const std::uint32_t exponent = value & 0x7f;
      const bool binary = (value & 0x80) != 0;
      if (exponent > (binary ? 60u : 18u)) return broken("a pcapng time resolution out of range");
      interface.units_per_second = 1;
      for (std::uint32_t i = 0; i < exponent; ++i) interface.units_per_second *= binary ? 2 : 10;
    } else if (code == kTimeOffset && size == 8) {
      const std::uint64_t low = read(body, at + (little_ ? 0u : 4u), 4);
      const std::uint64_t high = read(body, at + (little_ ? 4u : 0u), 4);
      interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
    }
    at += padded(size);
  }
  interfaces_.push_back(interface);
  return Status::kSkipped;
}

CaptureParser::Status CaptureParser::packet_block(std::uint32_t type, Bytes body, Record& packet) {
  const bool simple = type == kSimplePacket;
  const std::size_t header = simple ? 4 : 20;
  if (body.size() < header) return broken("a pcapng packet block cut short");
  const std::uint32_t number = simple ? 0 : read(body, 0, type == kPacketBlock ? 2 : 4);
  if (number >= interfaces_.size()) return broken("a pcapng packet of an unknown interface");
  const Interface& interface = interfaces_[number];
  std::uint32_t captured = 0;
  if (simple) {
    packet.wire_length = read(body, 0, 4);
    captured = packet.wire_length;
    if (interface.snap_length != 0) captured = std::min(captured, interface.snap_length);
    captured = std::min(captured, static_cast<std::uint32_t>(body.size() - header));
    packet.time = {};
  } else {
    const std::uint64_t units = std::uint64_t{read(body, 4, 4)} << 32 | read(body, 8, 4);
    packet.time = to_time(units, interface.units_per_second, interface.offset_seconds);
    captured = read(body, 12, 4);
    packet.wire_length = std::max(read(body, 16, 4), captured);
  }
  if (captured > body.size() - header) return broken("a pcapng packet longer than its block");
  packet.data = body.subspan(header, captured);
  packet.dlt = interface.dlt;
  packet.interface = static_cast<std::uint16_t>(number);
  return Status::kPacket;
}

std::string CaptureParser::end(std::size_t left) const {
  if (!error_.empty()) return error_;
  if (format_ == Format::kUnknown) return "the file is too short to be a capture";
  if (left != 0) return fmt::format("the last packet is cut short ({} bytes left over)", left);
  return {};
}

}  // namespace culvert
