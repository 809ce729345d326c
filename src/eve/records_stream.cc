// Records of TCP connections, packet by packet (`stream`).
#include <string_view>

#include "eve/records.h"
#include "packet/packet_events.h"
#include "stream/stream_buffer.h"
#include "stream/tcp_session.h"

namespace culvert {
namespace {

struct Flag {
  bool set;
  std::string_view name;
};

template <std::size_t kCount>
void write_flags(const Flag (&flags)[kCount], JsonWriter& json) {
  json.begin_array("flags");
  for (const Flag& flag : flags) {
    if (flag.set) json.item(flag.name);
  }
  json.end_array();
}

/// Sequence number of a stream offset.
std::uint32_t seq_of(const TcpStream& stream, std::uint64_t offset) {
  return stream.base_seq + static_cast<std::uint32_t>(offset - stream.base_offset);
}

void write_end(std::string_view key, const TcpStream& stream, JsonWriter& json) {
  const std::uint64_t begin = stream.buffer == nullptr ? stream.app_progress : stream.buffer->begin();
  json.begin_object(key);
  json.field("isn", stream.isn);
  json.field("next_seq", stream.next_seq);
  json.field("last_ack", stream.last_ack);
  json.field("next_win", stream.next_window);
  json.field("base_seq", stream.next_seq == 0 ? 0 : seq_of(stream, begin));
  json.field("segs_right_edge",
             stream.buffer == nullptr ? 0 : seq_of(stream, stream.buffer->end()));
  json.field("window", stream.window);
  json.field("wscale", stream.window_scale);
  write_flags(
      {
          {stream.has_gap, "gap"},
          {stream.timestamps, "timestamp"},
          {stream.zero_timestamp, "zero_timestamp"},
          {stream.keepalive, "keepalive"},
          {stream.depth_reached, "depth_reached"},
          {stream.no_reassembly, "noreassembly"},
          {stream.app_disabled, "app_disabled"},
          {stream.raw_disabled, "disable_raw"},
          {stream.rst_seen, "rst_recv"},
      },
      json);
  json.field("seg_cnt", stream.buffer == nullptr ? 0 : stream.buffer->segment_count());
  json.end_object();
}

}  // namespace

void write_stream_object(const Packet& packet, const Flow& flow, JsonWriter& json) {
  const TcpSession& session = *flow.tcp;
  bool has_event = false;
  for (const std::uint16_t event : packet.events) has_event |= event >= kDecoderEventCount;
  json.begin_object("stream_tcp");
  json.begin_object("packet");
  write_header_fields(packet, json);
  write_flags({{has_event, "event_set"}, {session.state_changed, "state_update"}}, json);
  json.end_object();
  json.begin_object("session");
  json.field("state", name_of(session.state));
  if (session.state_changed) json.field("pstate", name_of(session.previous_state));
  json.begin_object("flags");
  write_flags(
      {
          {session.midstream, "midstream"},
          {session.midstream_established, "midstream_established"},
          {session.midstream_synack, "midstream_synack"},
          {session.timestamps, "timestamp"},
          {session.client.window_scale_seen, "server_wscale"},
          {session.closed_by_rst, "closed_by_rst"},
          {session.async, "async"},
          {session.four_way, "4whs"},
          {session.client.sack_permitted, "client_sackok"},
          {session.client.sack_permitted && session.server.sack_permitted, "sackok"},
          {session.bypass, "bypass"},
          {session.tfo, "tcp_fast_open"},
          {session.tfo_data_ignored, "tfo_data_ignored"},
      },
      json);
  json.end_object();
  write_end("client", session.client, json);
  write_end("server", session.server, json);
  json.end_object();
  if (has_event) {
    json.begin_array("events");
    for (const std::uint16_t event : packet.events) {
      if (event >= kDecoderEventCount) json.item(kPacketEventNames[event]);
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace culvert
