// Capture file formats: pcap (draft-ietf-opsawg-pcap) with microseconds or nanoseconds, either byte
// order, and pcapng (draft-ietf-opsawg-pcapng) with any number of sections and interfaces.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "packet/packet.h"

namespace culvert {

/// What a DLT / LINKTYPE number means to the decoder; nothing for those it does not know.
std::optional<LinkType> find_link_type(std::uint32_t dlt);

/// Cuts a capture into packets, record by record. Any split of the file gives the same.
class CaptureParser {
 public:
  enum class Status {
    kPacket,    ///< `packet` is filled
    kSkipped,   ///< a record without a packet (header, statistics ...), consumed
    kNeedMore,  ///< nothing consumed: give it more bytes
    kBroken,    ///< error() says why; it stays so
  };
  struct Record {
    Bytes data;
    std::uint32_t wire_length = 0;
    Timestamp time{};
    std::uint32_t dlt = 0;
    std::uint16_t interface = 0;
  };

  /// Reads one record off the front of `input`; `consumed` says how much it took.
  [[nodiscard]] Status next(Bytes input, std::size_t& consumed, Record& packet) {
    if (format_ == Format::kPcap && next_pcap(input, consumed, packet)) return Status::kPacket;
    return next_slowly(input, consumed, packet);
  }
  /// The file ended: what is wrong with that, or empty. `left`: bytes that no record took.
  std::string end(std::size_t left) const;
  const std::string& error() const { return error_; }

  static constexpr std::uint32_t kMaxRecordBytes = 16u << 20;  ///< larger is taken for corrupt

 private:
  static constexpr std::size_t kPcapRecordSize = 16;
  enum class Format : std::uint8_t { kUnknown, kPcap, kPcapng };
  struct Interface {
    std::uint32_t dlt = 0;
    std::uint32_t snap_length = 0;
    std::uint64_t units_per_second = 1'000'000;
    std::int64_t offset_seconds = 0;
  };

  /// The usual case: a whole record of a pcap file. Else says false, and does nothing.
  ///
  ///     0        4             8               12            16
  ///     | seconds | fraction   | captured bytes | wire bytes | data ...
  bool next_pcap(Bytes input, std::size_t& consumed, Record& packet) const {
    const std::size_t header = kPcapRecordSize + extra_header_;
    if (input.size() < header) return false;
    std::uint32_t fields[4];
    std::memcpy(fields, input.data(), sizeof fields);
    if (little_ != (std::endian::native == std::endian::little)) {
      for (std::uint32_t& field : fields) field = __builtin_bswap32(field);
    }
    const auto [seconds, fraction, captured, on_the_wire] = fields;
    if (captured > kMaxRecordBytes || input.size() - header < captured) return false;
    packet.data = input.subspan(header, captured);
    packet.wire_length = std::max(on_the_wire, captured);
    packet.time = make_timestamp(seconds, std::int64_t{fraction} * (nanoseconds_ ? 1 : 1000));
    packet.dlt = dlt_;
    packet.interface = 0;
    consumed = header + captured;
    return true;
  }
  Status next_slowly(Bytes input, std::size_t& consumed, Record& packet);
  Status file_header(Bytes input, std::size_t& consumed);
  Status pcap_record(Bytes input);
  Status block(Bytes input, std::size_t& consumed, Record& packet);
  Status interface_block(Bytes body);
  Status packet_block(std::uint32_t type, Bytes body, Record& packet);
  Status broken(std::string why);
  std::uint32_t read(Bytes bytes, std::size_t at, std::size_t width) const;

  Format format_ = Format::kUnknown;
  bool little_ = true;
  bool nanoseconds_ = false;
  std::uint32_t extra_header_ = 0;  ///< bytes of the record header beyond 16
  std::uint32_t dlt_ = 0;
  std::vector<Interface> interfaces_;
  std::string error_;
};

}  // namespace culvert
