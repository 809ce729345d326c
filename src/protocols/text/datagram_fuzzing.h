// For fuzz targets of protocols over UDP: any bytes as datagrams to a parser, then all that can be
// asked of what it made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "app/app_parser.h"
#include "app/protocol_spec.h"
#include "event/json_writer.h"

namespace culvert {

/// Datagrams are cut at lengths that the bytes say themselves: one byte of size in front of each.
inline void fuzz_datagrams(AppParser& parser, const ProtocolSpec& spec, Bytes bytes) {
  Flow flow;
  Direction direction = Direction::kToServer;
  while (!bytes.empty()) {
    const auto wanted = std::to_integer<std::size_t>(bytes[0]) * 4;
    bytes = bytes.subspan(1);
    const Bytes datagram = bytes.first(std::min(bytes.size(), wanted));
    bytes = bytes.subspan(datagram.size());
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = datagram, .time = {}});
    direction = opposite(direction);
  }
  BufferScratch scratch;
  JsonWriter json;
  json.begin_object();
  for (const Transaction* transaction : parser.transactions()) {
    for (const BufferSpec& buffer : spec.buffers) {
      for (std::uint32_t i = 0; i < 3; ++i) {
        (void)buffer.get({.flow = flow,
                          .transaction = *transaction,
                          .direction = Direction::kToServer,
                          .instance = i,
                          .scratch = scratch});
      }
    }
    spec.write_alert_metadata(flow, *transaction, json);
  }
  json.end_object();
}

}  // namespace culvert
