// One SIP message (RFC 3261 section 7) and the session description in it (RFC 8866).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::sip {

struct Header {
  std::string_view name;
  std::string_view value;  ///< unfolded, without white space around it
};

struct SdpTime {
  std::string_view time;
  std::string_view repeat_time;
};
struct SdpMedia {
  std::string_view media, media_info, connection_data, encryption_key;
  std::vector<std::string_view> bandwidths, attributes;
};
struct Sdp {
  std::string_view origin, session_name, session_info, uri, email, phone_number, connection_data;
  std::string_view timezone, encryption_key;
  std::vector<std::string_view> bandwidths, attributes;
  std::vector<SdpTime> times;
  std::vector<SdpMedia> media;
};

enum class MessageStatus : std::uint8_t { kOk, kNeedMore, kMalformed };

/// Texts live in the arena given to parse().
struct Message {
  bool is_request = false;
  std::string_view method, uri;   ///< of a request
  std::string_view code, reason;  ///< of a response
  std::string_view version;
  std::string_view first_line;
  std::vector<Header> headers;
  bool has_sdp = false;
  Sdp sdp;
  std::size_t line_size = 0;    ///< of the first line, with its end
  std::size_t header_size = 0;  ///< of the header lines, without the empty one
  std::size_t size = 0;  ///< with the body that Content-Length announces; 0: not known yet

  /// The first message in `bytes`. `is_stream`: more may follow, so that Content-Length counts;
  /// else the body is what there is. kNeedMore: only of a stream.
  MessageStatus parse(Bytes bytes, bool is_stream, Arena& arena);
  /// The header of that name or its compact form (section 7.3.3), or nothing; `instance` counts
  /// those of the same name.
  const Header* find(std::string_view name, unsigned instance = 0) const;
};

/// Whether the text begins with a request of a known method, or with a response.
bool begins_request(std::string_view text);
bool begins_response(std::string_view text);

/// Longest start line and headers of a stream that are waited for.
inline constexpr std::size_t kMostHeaderBytes = 65535;
inline constexpr std::size_t kMostBodyBytes = 65535;

}  // namespace culvert::sip
