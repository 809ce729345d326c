// What can be wrong with HTTP/2: `app-layer-event:http2.<name>` in rules, anomaly records in EVE. The
// names are those of Suricata 8, http2-events.rules.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace culvert::http2 {

enum class Event : std::uint8_t {
  kInvalidFrameHeader,
  kInvalidClientMagic,
  kInvalidFrameData,
  kInvalidHeader,
  kInvalidFrameLength,
  kExtraHeaderData,
  kLongFrameData,
  kStreamIdReuse,
  kInvalidHttp1Settings,
  kFailedDecompression,
  kInvalidRange,
  kHeaderIntegerOverflow,
  kTooManyStreams,
  kAuthorityHostMismatch,
  kUserinfoInUri,
  kReassemblyLimitReached,
  kDnsRequestTooLong,
  kDnsResponseTooLong,
  kDataStreamZero,
  kTooManyFrames,
  kCompressionBomb,
  kHeaderTableOverflow,
  kContinuationWithoutHeaders,
  kTooLongRepeatedHeaders,
  kLast = kTooLongRepeatedHeaders,
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Event::kLast) + 1> kEventNames{
    "invalid_frame_header",
    "invalid_client_magic",
    "invalid_frame_data",
    "invalid_header",
    "invalid_frame_length",
    "extra_header_data",
    "long_frame_data",
    "stream_id_reuse",
    "invalid_http1_settings",
    "failed_decompression",
    "invalid_range",
    "header_integer_overflow",
    "too_many_streams",
    "authority_host_mismatch",
    "userinfo_in_uri",
    "reassembly_limit_reached",
    "dns_request_too_long",
    "dns_response_too_long",
    "data_stream_zero",
    "too_many_frames",
    "compression_bomb",
    "header_table_overflow",
    "continuation_without_headers",
    "too_long_repeated_headers",
};

}  // namespace culvert::http2
