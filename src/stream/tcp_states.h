// The life of a TCP connection (RFC 9293 section 3.3.2) as seen from the middle, where both ends are
// watched and neither can be asked. One table says what each kind of segment does in each state; each
// entry judges the segment first, as the end that gets it would: sequence number and acknowledgement
// in the window, timestamps not from the past (PAWS, RFC 7323), resets believable.
#pragma once

#include <cstdint>

#include "flow/flow_table.h"
#include "packet/packet.h"
#include "packet/packet_events.h"
#include "stream/object_pool.h"
#include "stream/reassembler.h"
#include "stream/stream_counters.h"
#include "stream/stream_options.h"
#include "stream/tcp_segment.h"
#include "stream/tcp_session.h"

namespace culvert {

/// SYNs or SYN+ACKs that differ from the first: which one counts shows when the other end answers.
struct HandshakeQueue {
  struct Entry {
    std::uint32_t seq = 0, ack = 0, timestamp = 0;
    std::uint16_t window = 0;
    std::uint8_t window_scale = 0;
    bool has_timestamp = false, has_window_scale = false, sack_permitted = false;
  };
  static constexpr std::size_t kMax = 32;
  std::array<Entry, kMax> entries;
  std::uint8_t count = 0;
};

class TcpStates {
 public:
  TcpStates(const StreamOptions& options, FlowTable& flows, StreamCounters& counters,
            Reassembler& reassembler, ObjectPool<HandshakeQueue>& queues)
      : options_(options),
        flows_(flows),
        counters_(counters),
        reassembler_(reassembler),
        queues_(queues) {}

  enum class Outcome : std::uint8_t {
    kTaken,
    kIgnored,  ///< says nothing new, or nothing that the end would act on
    kInvalid,  ///< breaks the protocol: its target would not take it
  };
  enum class Pickup : std::uint8_t { kNo, kInvalid, kSyn, kSynAck, kEstablished };

  /// How the first packet of a flow that has no session may begin one.
  Pickup may_begin(Packet& packet, const TcpSegment& segment);
  void begin(Packet& packet, TcpSession& session, const TcpSegment& segment, Pickup pickup);
  /// Any later packet.
  Outcome process(Packet& packet, TcpSession& session, const TcpSegment& segment);
  void release_queue(TcpSession& session);

 private:
  struct Step;  // the packet at hand: see tcp_states.cc
  enum class Kind : std::uint8_t { kSyn, kSynAck, kFin, kRst, kAck, kNone };
  using Handler = Outcome (TcpStates::*)(Step&);
  static Kind kind_of(const TcpSegment& segment);
  static Handler handler_for(TcpState state, Kind kind);

  Outcome ignore(Step& step);
  Outcome syn_sent_syn(Step& step);
  Outcome syn_sent_synack(Step& step);
  Outcome syn_sent_fin(Step& step);
  Outcome syn_sent_rst(Step& step);
  Outcome syn_sent_ack(Step& step);
  Outcome syn_recv_syn(Step& step);
  Outcome syn_recv_synack(Step& step);
  Outcome syn_recv_rst(Step& step);
  Outcome syn_recv_ack(Step& step);
  Outcome established_syn(Step& step);
  Outcome established_synack(Step& step);
  Outcome established_fin(Step& step);
  Outcome established_ack(Step& step);
  Outcome any_rst(Step& step);
  Outcome shutdown_syn(Step& step);
  Outcome shutdown_synack(Step& step);
  Outcome fin_wait1_fin(Step& step);
  Outcome fin_wait1_ack(Step& step);
  Outcome fin_wait2_fin(Step& step);
  Outcome fin_wait2_ack(Step& step);
  Outcome close_wait_fin(Step& step);
  Outcome close_wait_ack(Step& step);
  Outcome closing_fin(Step& step);
  Outcome closing_ack(Step& step);
  Outcome last_ack_fin(Step& step);
  Outcome last_ack_ack(Step& step);
  Outcome time_wait_fin(Step& step);
  Outcome time_wait_ack(Step& step);
  Outcome closed(Step& step);

  void set_state(Step& step, TcpState state);
  bool valid_ack(Step& step);
  bool valid_timestamp(Step& step);
  bool has_unasked_timestamp(Step& step);
  bool valid_rst(Step& step);
  bool is_retransmission(Step& step);
  bool is_keepalive(Step& step);
  bool is_bad_window_update(Step& step);
  bool is_outdated_ack(Step& step);
  void note_timestamp(Step& step);
  void take_syn(Step& step, const HandshakeQueue::Entry& syn);
  void take_synack(Step& step, const HandshakeQueue::Entry& synack);
  bool beyond_window(Step& step);
  bool is_same_fin(Step& step);
  void take_fin(Step& step);
  void take_ack(Step& step);
  void take_data(Step& step);
  HandshakeQueue* queue_of(TcpSession& session);
  OsPolicy target_policy(Step& step);

  const StreamOptions& options_;
  FlowTable& flows_;
  StreamCounters& counters_;
  Reassembler& reassembler_;
  ObjectPool<HandshakeQueue>& queues_;
};

}  // namespace culvert
