// Shows the bytes of TCP streams to the event log on their way to the application layer (`tcp-data`).
#pragma once

#include "eve/event_log.h"
#include "stream/tcp_tracker.h"

namespace culvert {

class StreamTap final : public StreamReceiver {
 public:
  StreamTap(StreamReceiver& next, EventLog& events) : next_(next), events_(events) {}

  std::size_t on_stream_data(Packet* packet, Flow& flow, Direction direction, Bytes bytes,
                             std::uint64_t offset, bool end_of_stream) override {
    if (!bytes.empty()) events_.on_stream_data(flow, direction, bytes, offset);
    return next_.on_stream_data(packet, flow, direction, bytes, offset, end_of_stream);
  }
  void on_stream_gap(Packet* packet, Flow& flow, Direction direction, std::uint64_t missing,
                     std::uint64_t offset) override {
    next_.on_stream_gap(packet, flow, direction, missing, offset);
  }
  bool on_stream_cut(Packet& packet, Flow& flow) override {
    return next_.on_stream_cut(packet, flow);
  }

 private:
  StreamReceiver& next_;
  EventLog& events_;
};

}  // namespace culvert
