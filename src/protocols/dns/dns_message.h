// A DNS message, RFC 1035 section 4: a header of 12 bytes, then questions and three sections of
// resource records.
//
//      0       2        4         6         8         10        12
//     | id    | flags  | queries | answers | authorities | additionals |
//
//     flags: QR 8000, opcode 7800, AA 0400, TC 0200, RD 0100, RA 0080, Z 0040, AD 0020, CD 0010,
//     rcode 000f
//
// Parsing notes where things are and checks that names and record data are sound; texts are made
// when somebody asks for them, which in most messages nobody does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "protocols/dns/dns_name.h"

namespace culvert::dns {

constexpr std::size_t kHeaderSize = 12;

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::array<std::uint16_t, 4> counts{};  ///< by Section

  bool is_response() const { return (flags & 0x8000u) != 0; }
  std::uint8_t opcode() const { return static_cast<std::uint8_t>(flags >> 11 & 15u); }
  std::uint8_t rcode() const { return static_cast<std::uint8_t>(flags & 15u); }
  bool z() const { return (flags & 0x0040u) != 0; }
};

enum class Section : std::uint8_t { kQuery, kAnswer, kAuthority, kAdditional };

/// A question, or a resource record. Offsets are from the message's start.
struct Record {
  std::uint16_t name = 0;
  std::uint16_t type = 0;
  std::uint16_t dns_class = 0;
  std::uint16_t data = 0;  ///< record data; questions have none
  std::uint16_t data_size = 0;
  std::uint32_t ttl = 0;
};

class SectionReader;

enum class MessageStatus : std::uint8_t { kOk, kMalformed };

/// A parsed message with its own copy of the bytes. Reused for one message after another: keeps its
/// memory, unless a large message made it large.
class Message {
 public:
  /// Header, questions and answers have to be sound; unsound authorities or additionals are left
  /// out, and said.
  [[nodiscard]] MessageStatus parse(Bytes bytes);
  void clear();

  const Header& header() const { return header_; }
  Bytes bytes() const { return bytes_; }
  std::span<const Record> records(Section section) const {
    const auto s = static_cast<std::size_t>(section);
    return std::span(records_).subspan(starts_[s], starts_[s + 1] - starts_[s]);
  }
  Bytes data(const Record& record) const {
    return Bytes(bytes_).subspan(record.data, record.data_size);
  }
  /// Offsets of all host names in order: of questions and records, and in their data (NS, CNAME,
  /// PTR, MX, SOA's primary server).
  std::span<const std::uint16_t> host_names() const { return host_names_; }
  /// The text of the name at `offset`.
  NameResult name(std::size_t offset, NameText& text) const {
    return read_name(bytes_, offset, &text);
  }

  bool authorities_invalid() const { return authorities_invalid_; }
  bool additionals_invalid() const { return additionals_invalid_; }
  bool has_long_name() const { return has_long_name_; }
  bool has_many_labels() const { return has_many_labels_; }

 private:
  bool parse_section(Section section, SectionReader& reader);
  void note_host_name(const Record& record);

  Header header_;
  std::vector<std::byte> bytes_;
  std::vector<Record> records_;
  std::vector<std::uint16_t> host_names_;
  std::array<std::size_t, 5> starts_{};
  bool authorities_invalid_ = false;
  bool additionals_invalid_ = false;
  bool has_long_name_ = false;
  bool has_many_labels_ = false;
};

/// The header, if the bytes can be a message as far as counts and size tell.
std::optional<Header> parse_header(Bytes bytes);

/// Whether the bytes look like a whole message: for protocol detection.
bool is_message(Bytes bytes);

}  // namespace culvert::dns
