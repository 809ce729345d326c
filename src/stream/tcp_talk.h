// A TCP conversation for tests: segments as one writes them down, run through flow table and tracker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_node.h"
#include "flow/flow_table.h"
#include "packet/packet_events.h"
#include "stream/tcp_segment.h"
#include "stream/tcp_tracker.h"

namespace culvert {

/// Keeps what the tracker hands over, per direction; gaps are '?'.
class TcpTalk final : public FlowObserver, public StreamReceiver {
 public:
  struct Fields {
    std::uint32_t seq = 0, ack = 0;
    std::uint8_t flags = kTcpAck;
    std::string_view data = {};
    std::uint16_t window = 8192, urgent = 0;
    std::vector<std::uint8_t> options = {};
  };

  explicit TcpTalk(StreamOptions stream_options = {}, FlowOptions flow_options = {})
      : options(std::move(stream_options)), flow_options_(flow_options) {}

  /// Sends one segment; returns the packet as the tracker left it, valid until the next.
  Packet& send(Direction direction, const Fields& fields) {
    const auto put = [this](std::size_t size, std::uint32_t value) {
      for (std::size_t i = size; i-- > 0;) {
        header_.push_back(static_cast<std::byte>(value >> (8 * i)));
      }
    };
    const bool to_server = direction == Direction::kToServer;
    header_.clear();
    put(2, to_server ? 1000 : 80);
    put(2, to_server ? 80 : 1000);
    put(4, fields.seq);
    put(4, fields.ack);
    put(1, static_cast<std::uint32_t>((20 + fields.options.size()) / 4 << 4));
    put(1, fields.flags);
    put(2, fields.window);
    put(2, 0);
    put(2, fields.urgent);
    for (const std::uint8_t byte : fields.options) put(1, byte);
    data_.assign(fields.data);

    packet = Packet{};
    packet.layer3 = Layer3::kIpv4;
    packet.layer4 = Layer4::kTcp;
    packet.ip_proto = 6;
    packet.source = IpAddress::v4(to_server ? 1 : 2);
    packet.destination = IpAddress::v4(to_server ? 2 : 1);
    packet.source_port = to_server ? 1000 : 80;
    packet.destination_port = to_server ? 80 : 1000;
    packet.l4_header = header_;
    packet.payload = as_bytes(data_);
    packet.time = time;
    packet.number = ++count_;
    flows.find_or_create(packet);
    if (packet.flow != nullptr) tracker.process(packet);
    return packet;
  }
  Packet& client(const Fields& fields) { return send(Direction::kToServer, fields); }
  Packet& server(const Fields& fields) { return send(Direction::kToClient, fields); }
  /// SYN, SYN+ACK, ACK with initial sequence numbers 100 and 500.
  void handshake() {
    client({.seq = 100, .flags = kTcpSyn});
    server({.seq = 500, .ack = 101, .flags = kTcpSyn | kTcpAck});
    client({.seq = 101, .ack = 501});
  }
  const TcpSession& session() const { return *packet.flow->tcp; }
  bool has(PacketEvent event) const {
    return packet.events.has(static_cast<std::uint16_t>(event));
  }
  const std::string& text(Direction direction) const { return texts[index_of(direction)]; }

  bool starts_new_flow(const Packet& p, const Flow& flow) override {
    return tracker.starts_new_flow(p, flow);
  }
  void on_flow_end(Flow& flow) override {
    tracker.finish_flow(flow, Direction::kToServer);
    tracker.finish_flow(flow, Direction::kToClient);
    tracker.release(flow);
  }
  std::size_t on_stream_data(Packet* by, Flow&, Direction direction, Bytes bytes,
                             std::uint64_t offset, bool end_of_stream) override {
    std::string& text = texts[index_of(direction)];
    in_order = in_order && offset == text.size();
    const std::size_t taken = std::min(bytes.size(), take);
    text += as_text(bytes.first(taken));
    offered[index_of(direction)] = std::string(as_text(bytes));
    ends[index_of(direction)] += end_of_stream ? 1 : 0;
    by_packet = by == nullptr ? 0 : by->number;
    return taken;
  }
  void on_stream_gap(Packet*, Flow&, Direction direction, std::uint64_t missing,
                     std::uint64_t offset) override {
    in_order = in_order && offset == texts[index_of(direction)].size();
    texts[index_of(direction)].append(missing, '?');
  }

  bool on_stream_cut(Packet& by, Flow&) override {
    cut_by = by.number;
    return ends_at_depth;
  }

  StreamOptions options;

 private:
  FlowOptions flow_options_;
  std::vector<std::byte> header_;
  std::string data_;
  std::uint64_t count_ = 0;

 public:
  std::string texts[2], offered[2];
  int ends[2] = {0, 0};
  std::uint64_t by_packet = 0, cut_by = 0;
  bool ends_at_depth = false;
  std::size_t take = ~std::size_t{0};
  bool in_order = true;
  Timestamp time = make_timestamp(1000);
  Packet packet;
  FlowCounters flow_counters;
  StreamCounters counters;
  FlowTable flows{flow_options_, *this, flow_counters, 1};
  TcpTracker tracker{options, *this, flows, counters};
};

}  // namespace culvert
