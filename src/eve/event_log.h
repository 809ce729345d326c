// Everything a worker writes down: alerts, drops, anomalies, transactions, flows; as EVE records to each
// `eve-log` output that wants the type, and as lines of fast.log. One object a worker; it decides which
// records are due, eve_*.cc write them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/app_session.h"
#include "app/transaction.h"
#include "detect/alert.h"
#include "detect/detector.h"
#include "flow/flow.h"
#include "metrics/counter.h"
#include "packet/packet.h"

namespace culvert {

class EveConfig;    // eve/eve_config.h
class EventOutput;  // event/event_output.h
class Detector;
class TcpTracker;
class EventListener;  // eve/event_listener.h
class FileStoreInput;

/// Where records get what is not in packet and flow: the worker's own. Outlives the log.
struct EventLogParts {
  const EveConfig& config;
  EventOutput& output;
  bool inline_mode = false;            ///< drop rules drop
  std::vector<std::string> interfaces = {};  ///< names by Packet::interface, for `in_iface`
  unsigned worker = 0;                 ///< 0-based
  const std::string* capture_file = nullptr;  ///< what is read at the moment, for `pcap_filename`
};

class EventLog {
 public:
  explicit EventLog(const EventLogParts& parts);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  /// Where the names of flowbits and the stream payload of alerts come from; both outlive the log's
  /// use. Without, records have neither.
  void attach(const Detector& detector, const TcpTracker& tcp);

  /// Where records of stored files are kept beside them; null: nowhere.
  void use_store(FileStoreInput* store);

  /// Told of all that it wishes, from now on. Outlives the log's use.
  void add_listener(EventListener& listener);

  /// After detection: the packet's alerts, its drop, its anomalies, ARP.
  void on_packet(const Packet& packet, Flow* flow, std::span<const Alert> alerts);
  /// Alerts of a packet that goes on to further rules.
  void on_hook_alerts(const Packet& packet, Flow* flow, std::span<const Alert> alerts);
  /// Alerts of the end of a flow, which no packet brought.
  /// `flushed`: the flow goes on, but no rule will see what it held so far.
  void on_flow_alerts(const Flow& flow, Direction direction, std::span<const Alert> alerts,
                      bool flushed = false);
  /// Records of transactions that came far enough, and of files in that direction. `packet` brought
  /// the last step; null: the flow's end, or `flushed` as above.
  void on_transactions(const Packet* packet, Flow& flow, Direction direction, bool flushed = false);
  /// Last chance before the transaction is freed.
  void on_transaction_end(Flow& flow, const ProtocolSpec& spec, Transaction& transaction);
  void on_flow_end(const Flow& flow);

  /// Frames of the packet at hand, for alerts that are about one.
  void use_frames(const FrameView& frames);
  /// Whether frames are wanted (`frame`), and those of a direction: each once, when it is complete or
  /// worth a look. `packet`: null at the end of the flow.
  bool wants_frames() const;
  void on_frames(const Packet* packet, const Flow& flow, Direction direction, const FrameView& frames);

  /// Whether the bytes of streams are wanted (`tcp-data`), and they: in stream order.
  bool wants_stream_data() const;
  void on_stream_data(const Flow& flow, Direction direction, Bytes bytes, std::uint64_t offset);

  void append_counters(std::vector<NamedCounter>& out) const;

  /// Between batches: hands over what has waited long enough.
  void on_turn(Timestamp now);
  /// Hands over everything.
  void flush();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert
