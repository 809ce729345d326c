// Frames (RFC 9113 section 4) and the names of their numbers.
//
//      0               1               2               3
//     +-----------------------------------------------+
//     |                 Length (24)                   |
//     +---------------+---------------+---------------+
//     |   Type (8)    |   Flags (8)   |
//     +-+-------------+---------------+-------------------------------+
//     |R|                 Stream Identifier (31)                      |
//     +=+=============================================================+
//     |                   Frame Payload ...                           |
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace culvert::http2 {

inline constexpr std::size_t kFrameHeaderSize = 9;
/// What a client begins with (section 3.4).
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum FrameType : std::uint8_t {
  kData,
  kHeaders,
  kPriority,
  kRstStream,
  kSettings,
  kPushPromise,
  kPing,
  kGoaway,
  kWindowUpdate,
  kContinuation,
};
/// Of frames; what they mean depends on the type.
enum FrameFlag : std::uint8_t {
  kEndStream = 0x1,
  kAck = 0x1,
  kEndHeaders = 0x4,
  kPadded = 0x8,
  kHasPriority = 0x20,
};

struct FrameHeader {
  std::uint32_t length = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;

  bool has(FrameFlag flag) const { return (flags & flag) != 0; }
};
/// REQUIRES: nine bytes.
FrameHeader read_frame_header(Bytes bytes);

struct Setting {
  std::uint16_t id = 0;
  std::uint32_t value = 0;
};
/// As EVE writes it: "SETTINGSENABLEPUSH"; empty for unknown ones.
std::string_view name_of_setting(std::uint16_t id);
/// As rules write it: "SETTINGS_ENABLE_PUSH", in any case.
std::optional<std::uint16_t> find_setting(std::string_view name);

/// As EVE writes it, of RST_STREAM: "ProtocolError"; empty for unknown ones.
std::string_view name_of_error(std::uint32_t code);
/// "PROTOCOL_ERROR", in any case.
std::optional<std::uint32_t> find_error(std::string_view name);
/// "GOAWAY", "WINDOWUPDATE", in any case.
std::optional<std::uint8_t> find_frame_type(std::string_view name);

}  // namespace culvert::http2
