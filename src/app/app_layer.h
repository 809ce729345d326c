// The application layer of one worker: takes stream bytes and datagrams, finds out the protocol,
// feeds the parser of the flow, and looks after its transactions until detection and loggers are
// through.
//
//     stream  --on_stream_data, on_stream_gap-->  AppLayer  --feed-->  AppParser -> transactions
//     worker  --on_datagram------------------->
//
// For each packet the worker calls begin_packet(), then the layers below, which call this one, then
// detection, then the loggers, and in the end collect(). No allocation once the pools are filled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "app/app_config.h"
#include "app/app_counters.h"
#include "app/app_event.h"
#include "app/app_session.h"
#include "flow/exception_policy.h"
#include "flow/flow.h"
#include "packet/packet.h"
#include "stream/tcp_tracker.h"

namespace culvert {

struct Carriage;  // app/carriage.h

/// Told by the application layer; the worker, as a rule.
class AppObserver {
 public:
  virtual ~AppObserver() = default;
  /// The transaction is about to be freed: what has not been logged has its last chance, and what
  /// hangs on it (`detect`) is to be released.
  virtual void on_transaction_end(Flow& flow, const ProtocolSpec& spec,
                                  Transaction& transaction) = 0;
};

struct AppLayerOptions {
  ExceptionPolicy error_policy = ExceptionPolicy::kIgnore;  ///< `app-layer.error-policy`
  bool has_detection = true;  ///< transactions wait for `inspected`; false: there are no rules
  /// Protocols, as bits of AppProto, whose streams have no depth: their `stream-depth` is 0.
  std::uint64_t whole_streams = 0;
  bool logs_files = false;    ///< transactions wait for a packet that their files are logged with
};

class AppLayer final : public StreamReceiver {
 public:
  /// All arguments outlive it.
  AppLayer(const AppConfig& config, const AppLayerOptions& options, AppObserver& observer);
  ~AppLayer() override;
  AppLayer(const AppLayer&) = delete;
  AppLayer& operator=(const AppLayer&) = delete;

  /// The tracker that calls on_stream_data(). Before the first packet; without one there is no TCP.
  void use_tracker(TcpTracker& tracker) { tracker_ = &tracker; }

  /// Flows of these protocols, a set of AppProto as bits, get frames from now on.
  void want_frames(std::uint64_t protos) { frame_protos_ = protos; }

  /// What parsers are given; before the first packet.
  void use(const AppServices& services) { services_ = services; }

  /// Forgets what the last packet left in packet_events().
  void begin_packet() { packet_events_.clear(); }
  /// What protocol detection complained of with the current packet.
  AppEventSet packet_events() const { return packet_events_; }

  std::size_t on_stream_data(Packet* packet, Flow& flow, Direction direction, Bytes bytes,
                             std::uint64_t offset, bool end_of_stream) override;
  void on_stream_gap(Packet* packet, Flow& flow, Direction direction, std::uint64_t missing,
                     std::uint64_t offset) override;
  bool on_stream_cut(Packet& packet, Flow& flow) override;
  /// The payload of a UDP packet. REQUIRES: packet.flow is `flow`.
  void on_datagram(Packet& packet, Flow& flow);

  /// Says what the flow's protocol is going to be, as a control connection announces its data
  /// connections (FTP). Before its first payload.
  void expect(Flow& flow, AppProto proto);

  /// Frees the transactions that everybody is through with. After detection and loggers.
  void collect(Flow& flow);
  /// The flow is about to end: no more bytes of the direction, transactions complete as far as they
  /// can. Detection and loggers follow, then the other direction's, then release(). TCP flows have
  /// had TcpTracker::finish_flow() before.
  void finish(Flow& flow, Direction direction);
  /// Frees all that the flow has here; flow.app is null then.
  void release(Flow& flow);

  const AppCounters& counters() const { return counters_; }
  void append_counters(std::vector<NamedCounter>& out) const;

 private:
  /// What has to be known to feed a parser.
  struct Input {
    Packet* packet;
    Flow& flow;
    AppSession& session;
    Direction direction;
    Bytes bytes;
    std::uint64_t offset;
    bool end;
  };

  /// To be written to: the flow's own.
  AppSession& session_of(Flow& flow);
  AppSession& take_session();
  void give_back(AppSession& session);
  /// After detection in a UDP flow: one that has nothing to keep gets a session with others.
  void share_if_unrecognised(Flow& flow);
  /// Where frames of the direction at hand go; null: nobody wants any.
  FrameList* frames_for(const Input& input);
  static bool is_midstream(const Input& input);
  /// Whether the protocol is known now, so that the bytes can be parsed.
  bool detect_stream(Input& input);
  /// Whether another flow has announced this one, which settles its protocol.
  bool is_expected(Input& input);
  void detect_datagram(Input& input);
  void start(Input& input, const ProtocolSpec& spec, bool count);
  /// Gives the flow up as unknown.
  void fail(AppSession& session, std::uint8_t ip_proto);
  void feed(const Input& input);
  /// After the parser has been called: transactions counted, wishes granted, errors dealt with.
  void settle(const Input& input, ParseStatus status, std::uint64_t transactions_before);
  /// The flow goes on with its parser as another protocol, where that is enabled.
  void become(AppSession& session, std::uint8_t ip_proto, const Carriage& carriage);
  void change_protocol(Flow& flow, AppSession& session);
  void give_back(std::unique_ptr<FlowFrames>& frames);
  void raise(AppSession& session, AppEvent event);
  bool ensure_parser(AppSession& session, Flow& flow);
  void retire_parser(Flow& flow, AppSession& session);
  bool is_through(const ProtocolSpec& spec, const Transaction& transaction) const;

  const AppConfig& config_;
  const AppLayerOptions& options_;
  AppObserver& observer_;
  TcpTracker* tracker_ = nullptr;
  AppServices services_;
  std::uint64_t frame_protos_ = 0;
  AppCounters counters_;
  mutable ExceptionPolicyCounters policy_counters_;
  AppEventSet packet_events_;

  std::deque<AppSession> sessions_;  ///< all there are; addresses stay
  std::vector<AppSession*> free_sessions_;
  /// Of UDP flows in which nothing was recognised, by the directions that were looked at: bit by
  /// Direction. None is 0.
  std::array<AppSession, 4> unrecognised_;
  std::vector<std::unique_ptr<FlowFrames>> free_frames_;
  /// Parsers that can serve another flow, by transport (TCP, UDP) and protocol.
  std::array<std::array<std::vector<std::unique_ptr<AppParser>>,
                        static_cast<std::size_t>(AppProto::kLast) + 1>,
             2>
      idle_parsers_;
};

}  // namespace culvert
