// `app-layer.protocols.http2`: limits of one connection.
#pragma once

#include <cstdint>
#include <memory>

#include "app/protocol_spec.h"
#include "config/config_node.h"
#include "protocols/http/http_options.h"

namespace culvert::http2 {

struct Http2Options {
  std::uint32_t max_streams = 4096;           ///< live transactions
  std::uint32_t max_table_size = 65536;       ///< bytes of a dynamic table
  std::uint32_t max_reassembly_size = 102400;  ///< bytes of a header block in several frames
  std::uint32_t max_frames = 65536;           ///< of a stream and direction
};

struct Http2Context final : ProtocolContext {
  Http2Options options;
  http1::HttpOptions coding;  ///< limits of content codings, as for HTTP/1
};

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints);

}  // namespace culvert::http2
