#include "eve/event_log.h"

#include <algorithm>

#include "detect/detector.h"
#include "eve/eve_config.h"
#include "eve/eve_header.h"
#include "eve/event_listener.h"
#include "eve/fast_log.h"
#include "eve/flow_macs.h"
#include "eve/forwarded.h"
#include "eve/records.h"
#include "eve/records_file.h"
#include "event/event_output.h"
#include "event/json_writer.h"
#include "files/file_store_input.h"
#include "packet/packet_events.h"
#include "stream/tcp_session.h"
#include "stream/tcp_tracker.h"

namespace culvert {

namespace {

void to_upper(std::string& text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

bool is_due(const EveLogger& logger, const Transaction& transaction, Direction direction) {
  const auto reached = [&](Direction side, std::int16_t progress) {
    return progress >= 0 && transaction.progress[index_of(side)] >= progress;
  };
  const bool to_server = reached(Direction::kToServer, logger.to_server_progress);
  const bool to_client = reached(Direction::kToClient, logger.to_client_progress);
  if (!logger.once) return direction == Direction::kToServer ? to_server : to_client;
  return (logger.to_server_progress < 0 || to_server) &&
         (logger.to_client_progress < 0 || to_client);
}

struct EventLog::Impl {
  explicit Impl(const EventLogParts& log_parts)
      : parts(log_parts),
        wants_alerts(parts.config.wants(EveType::kAlert) || !parts.config.fast().empty()),
        wants_anomalies(parts.config.wants(EveType::kAnomaly)),
        wants_drops(parts.config.wants(EveType::kDrop)),
        wants_arp(parts.config.wants(EveType::kArp)),
        wants_metadata(parts.config.wants(EveType::kMetadata)),
        wants_flows(parts.config.wants(EveType::kFlow) || parts.config.wants(EveType::kNetflow)),
        wants_files(parts.config.wants(EveType::kFiles)),
        wants_frames(parts.config.wants(EveType::kFrame)),
        wants_streams(parts.config.wants(EveType::kStream)) {
    std::size_t largest = 0;
    for (const EveOutput& output : parts.config.eve()) {
      keeps_macs = keeps_macs || output.ethernet;
      largest = std::max<std::size_t>(largest, output.alert.payload_buffer_bytes);
    }
    stream_payload.resize(largest);
    wants_transactions = wants_anomalies;
    for (const EveOutput& output : parts.config.eve()) {
      wants_transactions = wants_transactions || !output.loggers.empty();
    }
    for (const PcapOutput& output : parts.config.pcap()) {
      packet_logs.push_back(
          std::make_unique<PcapLog>(output.options, parts.output, output.sink, parts.worker));
    }
    for (const TcpDataOutput& output : parts.config.tcp_data()) {
      data_logs.emplace_back(output, parts.output);
    }
  }

  EveHeader header(std::string_view type, const Packet* packet, const Flow* flow,
                   const EveOutput& output) const {
    EveHeader header;
    header.event_type = type;
    header.time = packet != nullptr ? packet->time : flow != nullptr ? flow->last_seen : now;
    header.packet = packet;
    header.flow = flow;
    header.direction = packet != nullptr ? EveDirection::kPacket : EveDirection::kFlow;
    header.output = &output;
    header.flushed = flushed;
    if (keeps_macs) header.macs = &macs;
    header.host = parts.config.sensor_name();
    if (parts.capture_file != nullptr) header.capture_file = *parts.capture_file;
    const std::size_t interface = packet != nullptr ? packet->interface
                                  : flow != nullptr ? flow->interface
                                                    : parts.interfaces.size();
    if (interface < parts.interfaces.size()) header.interface = parts.interfaces[interface];
    return header;
  }
  void begin(const EveHeader& of) {
    json.clear();
    write_header(of, json);
  }
  void commit(const EveOutput& output) {
    json.end_object();
    parts.output.write(output.sink, output.prefix, json.text());
  }
  /// `packet` was the last to be inspected; null: none is at hand.
  void add_metadata(const EveOutput& output, const Flow* flow, const Packet* packet) {
    if (output.metadata) add_metadata(flow, packet);
  }
  void add_metadata(const Flow* flow, const Packet* packet) {
    if (flow == nullptr || detector == nullptr || !detector->has_variables(*flow)) return;
    variables.captured.clear();
    variables.packet_captured.clear();
    detector->captures(*flow, variables.captured);
    if (packet != nullptr) detector->captures(*packet, variables.packet_captured);
    detector->flow_variables(*flow, variables.flowbits, variables.flowints);
    detector->flow_entropies(*flow, variables.entropies);
    write_metadata(variables, json);
  }

  void log_alerts(const Packet* packet, const Flow* flow, Direction direction,
                  std::span<const Alert> alerts);
  void log_alert(const Alert& alert, const Packet* packet, const Flow* flow, Direction direction,
                 const EveOutput& output);
  void add_payload(const Alert& alert, const Packet* packet, const Flow* flow,
                   const AlertOptions& options);
  void add_frame(const Frame& frame, Direction direction, const Packet* packet, const Flow& flow,
                 const FrameView& view, const FrameOptions& options);
  void log_frame(const Frame& frame, Direction direction, const Packet* packet, const Flow& flow,
                 const FrameView& view, const EveOutput& output);
  void log_tagged(const Packet& packet, const Flow* flow);
  void log_metadata(const Packet& packet, const Flow* flow);
  void log_stream(const Packet& packet, const Flow& flow);
  void log_drop(const Packet& packet, Flow* flow, std::span<const Alert> alerts);
  void log_packet_anomalies(const Packet& packet, const Flow* flow);
  void log_protocol_anomalies(const Packet* packet, Flow& flow);
  void log_transaction_anomalies(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                                 Transaction& transaction);
  void log_transaction(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                       Transaction& transaction);
  void log_record(const EveLoggerChoice& choice, const EveOutput& output, const Packet* packet,
                  const Flow& flow, Transaction& transaction, Direction direction,
                  EveDirection record_direction);
  void log_files(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                 const FileList* files, const Transaction& transaction, bool last);
  void log_file(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                const Transaction& transaction, const File& file);
  void log_flow(const Flow& flow);

  /// Each listener that wishes it.
  template <class Tell>
  void tell(bool EventListener::Wishes::* wish, Tell&& told) {
    for (const auto& [listener, wishes] : listeners) {
      if (wishes.*wish) told(*listener);
    }
  }

  EventLogParts parts;
  std::vector<std::pair<EventListener*, EventListener::Wishes>> listeners;
  const Detector* detector = nullptr;
  const TcpTracker* tcp = nullptr;
  bool wants_alerts, wants_anomalies, wants_drops, wants_arp, wants_metadata, wants_flows;
  bool wants_files;
  const bool wants_frames, wants_streams;
  FrameView frames;  ///< of the packet at hand
  bool wants_transactions = false, listens_to_stream = false;
  FileStoreInput* store = nullptr;
  bool keeps_macs = false;
  bool flushed = false;  ///< what is being written
  bool rest_of_server = false;  ///< of a flow's end: what comes with the server's last bytes
  FlowMacs macs;
  std::vector<std::unique_ptr<PcapLog>> packet_logs;
  std::vector<TcpDataLog> data_logs;
  Timestamp now{};
  JsonWriter json;
  JsonWriter own_part;  ///< of a record, while it is not known whether there is one
  TimeText times;
  FlowVariables variables;
  std::string line;
  std::vector<std::byte> stream_payload;
};

EventLog::EventLog(const EventLogParts& parts) : impl_(std::make_unique<Impl>(parts)) {}
EventLog::~EventLog() = default;

void EventLog::attach(const Detector& detector, const TcpTracker& tcp) {
  impl_->detector = &detector;
  impl_->tcp = &tcp;
}

void EventLog::add_listener(EventListener& listener) {
  const EventListener::Wishes wishes = listener.wishes();
  impl_->listeners.emplace_back(&listener, wishes);
  impl_->wants_alerts |= wishes.alerts;
  impl_->wants_transactions |= wishes.transactions;
  impl_->wants_files |= wishes.files;
  impl_->wants_flows |= wishes.flows;
  impl_->listens_to_stream |= wishes.stream;
}

void EventLog::use_store(FileStoreInput* store) {
  impl_->store = store;
  impl_->wants_files |= store != nullptr && store->wants_info();
}

// --- alerts ---

void EventLog::Impl::log_alerts(const Packet* packet, const Flow* flow, Direction direction,
                                std::span<const Alert> alerts) {
  for (const Alert& alert : alerts) {
    if (!alert.logged) continue;
    for (const EveOutput& output : parts.config.eve()) {
      if (output.wants_type(EveType::kAlert)) log_alert(alert, packet, flow, direction, output);
    }
    for (const TextOutput& output : parts.config.fast()) {
      write_fast_line(alert, packet != nullptr ? packet->time : flow->last_seen, packet, flow,
                      parts.inline_mode, times, line);
      parts.output.write(output.sink, std::string_view(line).substr(0, line.size() - 1));
    }
    tell(&EventListener::Wishes::alerts,
         [&](EventListener& each) { each.on_alert(packet, flow, alert); });
  }
}

void EventLog::Impl::log_alert(const Alert& alert, const Packet* packet, const Flow* flow,
                               Direction direction, const EveOutput& output) {
  const AlertOptions& options = output.alert;
  EveHeader of = header("alert", packet, flow, output);
  if (packet == nullptr && direction == Direction::kToClient)
    of.direction = EveDirection::kReversed;
  std::string_view xff;
  if (options.xff.enabled && flow != nullptr && flow->app != nullptr) {
    xff = find_forwarded(*flow->app, alert.transaction, options.xff);
  }
  if (options.xff.overwrite) of.client = xff;
  begin(of);
  add_metadata(output, flow, packet);
  if (alert.transaction != nullptr) json.field("tx_id", alert.tx_id);
  if (alert.transaction != nullptr && !alert.has_tx) json.field("tx_guessed", true);
  const bool blocked =
      alert.action != Action::kAccept && (packet == nullptr || packet->verdict.is_drop());
  write_alert_object(alert, packet, flow, options, blocked, json, xff);
  write_firewall_object(alert, json);

  const AppSession* const app = flow != nullptr ? flow->app : nullptr;
  const ProtocolSpec* const spec = app != nullptr ? app->spec() : nullptr;
  if (options.app_layer && alert.transaction != nullptr && spec != nullptr) {
    const Transaction& transaction = *alert.transaction;
    const auto state = [&](Direction side) -> std::string_view {
      const auto names =
          side == Direction::kToServer ? spec->to_server_states : spec->to_client_states;
      const std::size_t at = transaction.progress[index_of(side)];
      return at < names.size() ? names[at] : std::string_view{};
    };
    if (spec->alerts_tell_progress) {
      json.field("ts_progress", state(Direction::kToServer));
      json.field("tc_progress", state(Direction::kToClient));
    }
    const auto bodies = std::ranges::find(options.bodies, spec, &AlertOptions::Bodies::spec);
    if (bodies != options.bodies.end()) {
      spec->write_alert_bodies(*flow, transaction, bodies->bytes, bodies->text, json);
    } else if (spec->write_alert_metadata != nullptr) {
      spec->write_alert_metadata(*flow, transaction, json);
    }
    write_files(transaction.files[index_of(direction)], transaction.id, json);
  }
  if (flow != nullptr) {
    write_app_protos(*flow, false, json);
    json.field("direction", name_of(direction));
    if (options.flow) {
      json.begin_object("flow");
      write_flow_counters(*flow, json);
      write_flow_ends(*flow, json, of.client);
      json.end_object();
    }
  }
  add_payload(alert, packet, flow, options);
  if (alert.frame != nullptr && flow != nullptr) {
    add_frame(*alert.frame, direction, packet, *flow, frames,
              {.payload = true, .payload_buffer_bytes = options.payload_buffer_bytes});
  }
  if (packet != nullptr) {
    if (options.packet) write_packet(*packet, packet->data, json);
    if (options.verdict) write_verdict(*packet, true, json);
  } else if (options.verdict && flow != nullptr) {
    write_verdict(*flow, json);
  }
  commit(output);
}

void EventLog::Impl::add_payload(const Alert& alert, const Packet* packet, const Flow* flow,
                                 const AlertOptions& options) {
  if (!options.payload && !options.payload_printable && !options.payload_length) return;
  Bytes payload = packet != nullptr ? packet->payload : Bytes{};
  const bool from_stream = (alert.stream_match || alert.app_match) && flow != nullptr &&
                           flow->tcp != nullptr && tcp != nullptr;
  if (from_stream) {
    const std::size_t size = tcp->copy_held(
        *flow, alert.direction,
        std::span(stream_payload).first(std::max(options.payload_buffer_bytes, 1u) - 1));
    if (size != 0) payload = std::span(stream_payload).first(size);
  }
  if (options.payload && !payload.empty()) json.field_base64("payload", payload);
  if (options.payload_length) json.field("payload_length", payload.size());
  if (options.payload_printable && !payload.empty())
    json.field_printable("payload_printable", payload);
  json.field("stream", from_stream ? 1 : 0);
}

// --- frames ---

/// `"frame": {...}`
void EventLog::Impl::add_frame(const Frame& frame, Direction direction, const Packet* packet,
                               const Flow& flow, const FrameView& view,
                               const FrameOptions& options) {
  const ProtocolSpec* const spec = flow.app == nullptr ? nullptr : flow.app->spec();
  if (spec == nullptr) return;
  json.begin_object("frame");
  const bool known = frame.type < spec->frames.size();
  json.field("type", known ? spec->frames[frame.type] : std::string_view("stream"));
  json.field("id", frame.id);
  json.field("direction", direction == Direction::kToServer ? "toserver" : "toclient");
  const bool in_stream = view.tcp != nullptr;
  if (in_stream) json.field("stream_offset", frame.begin);
  const std::uint64_t seen = view.reach.edge - std::min(view.reach.edge, frame.begin);
  const std::uint64_t size = frame.is_open() ? seen : frame.length;
  json.field("length", size);
  const bool complete = frame.is_open() ? view.reach.has_ended && in_stream
                                        : frame.end() <= view.reach.edge;
  if (size != 0) {
    if (options.payload) {
      const std::uint64_t to = std::min(frame.is_open() ? view.reach.edge : frame.end(),
                                        std::max(view.reach.limit, frame.begin));
      line.clear();
      const std::size_t most = options.payload_buffer_bytes;  // less one, as in the reference
      bool has_bytes = false;
      for (std::uint64_t at = frame.begin; at < to && line.size() + 1 < most;) {
        const FrameBytes found = bytes_of(view, {at, to, false}, packet, flow, direction);
        const std::uint64_t present = found.bytes.empty() ? to : found.offset;
        if (found.bytes.empty() && !has_bytes) break;
        if (present > at) line += "[" + std::to_string(present - at) + " bytes missing]";
        line += as_text(found.bytes.first(std::min(found.bytes.size(), most)));
        has_bytes = true;
        at = present + found.bytes.size();
      }
      if (line.size() + 1 > most) line.resize(most == 0 ? 0 : most - 1);
      const Bytes bytes = as_bytes(line);
      if (!bytes.empty()) {
        json.field_base64("payload", bytes);
        json.field_printable("payload_printable", bytes);
      }
    }
    json.field("complete", complete);
  }
  if (frame.transaction != Frame::kNoTransaction) json.field("tx_id", frame.transaction);
  json.end_object();
}

void EventLog::Impl::log_frame(const Frame& frame, Direction direction, const Packet* packet,
                               const Flow& flow, const FrameView& view, const EveOutput& output) {
  EveHeader of = header("frame", packet, &flow, output);
  if (packet == nullptr && direction == Direction::kToClient) of.direction = EveDirection::kReversed;
  begin(of);
  add_metadata(output, &flow, packet);
  write_app_protos(flow, false, json);
  add_frame(frame, direction, packet, flow, view, output.frame);
  commit(output);
}

/// A packet without alert of a session or host that a rule has tagged.
void EventLog::Impl::log_tagged(const Packet& packet, const Flow* flow) {
  for (const EveOutput& output : parts.config.eve()) {
    if (!output.wants_type(EveType::kAlert) || !output.alert.tagged_packets) continue;
    begin(header("packet", &packet, flow, output));
    write_packet(packet, packet.data, json);
    commit(output);
  }
}

/// What rules have captured of the packet, and know of its flow.
void EventLog::Impl::log_metadata(const Packet& packet, const Flow* flow) {
  if (flow == nullptr || detector == nullptr) return;
  variables.packet_captured.clear();
  detector->captures(packet, variables.packet_captured);
  if (variables.packet_captured.empty()) return;
  for (const EveOutput& output : parts.config.eve()) {
    if (!output.wants_type(EveType::kMetadata)) continue;
    begin(header("metadata", &packet, flow, output));
    add_metadata(flow, &packet);
    commit(output);
  }
}

// --- streams ---

void EventLog::Impl::log_stream(const Packet& packet, const Flow& flow) {
  const TcpSession& session = *flow.tcp;
  bool has_event = false;
  for (const std::uint16_t event : packet.events) has_event |= event >= kDecoderEventCount;
  const bool spurious = packet.events.has(
      static_cast<std::uint16_t>(PacketEvent::kStreamPktSpuriousRetransmission));
  for (const EveOutput& output : parts.config.eve()) {
    const StreamLogOptions& options = output.stream;
    if (!output.wants_type(EveType::kStream)) continue;
    if (!options.all && !(options.event_set && has_event) &&
        !(options.state_update && session.state_changed) &&
        !(options.spurious_retransmission && spurious)) {
      continue;
    }
    begin(header("stream_tcp", &packet, &flow, output));
    add_metadata(output, &flow, &packet);
    json.field("direction", name_of(packet.direction));
    write_stream_object(packet, flow, json);
    commit(output);
  }
}

// --- drops ---

void EventLog::Impl::log_drop(const Packet& packet, Flow* flow, std::span<const Alert> alerts) {
  const auto bit = static_cast<std::uint8_t>(1u << index_of(packet.direction));
  const bool first = flow == nullptr || (flow->drops_logged & bit) == 0;
  for (const EveOutput& output : parts.config.eve()) {
    if (!output.wants_type(EveType::kDrop) || (!first && !output.drop.all_packets)) continue;
    begin(header("drop", &packet, flow, output));
    add_metadata(output, flow, &packet);
    if (flow != nullptr) {
      json.field("direction", name_of(packet.direction));
    }
    write_drop_object(packet, json);
    if (output.drop.verdict) write_verdict(packet, false, json);
    if (output.drop.alerts) {
      for (const Alert& alert : alerts) {
        if (alert.action == Action::kAccept) continue;
        if (alert.has_tx) json.field("tx_id", alert.tx_id);
        write_alert_object(alert, &packet, flow, output.alert, true, json);
        break;
      }
    }
    commit(output);
  }
  if (flow != nullptr) flow->drops_logged |= bit;
}

// --- anomalies ---

void EventLog::Impl::log_packet_anomalies(const Packet& packet, const Flow* flow) {
  for (const std::uint16_t event : packet.events) {
    const bool decoder = event < kDecoderEventCount;
    for (const EveOutput& output : parts.config.eve()) {
      if (!output.wants_type(EveType::kAnomaly)) continue;
      if (decoder ? !output.anomaly.decode : !output.anomaly.stream) continue;
      begin(header("anomaly", &packet, flow, output));
      add_metadata(output, flow, &packet);
      json.begin_object("anomaly");
      json.field("type", decoder ? "decode" : "stream");
      line = decoder ? "decoder." : "";
      line += kPacketEventNames[event];
      json.field("event", std::string_view(line));
      json.end_object();
      if (output.anomaly.packet_header) {
        constexpr std::size_t kHead = 32;  // whatever the headers' sizes
        write_packet(packet, packet.data.first(std::min(kHead, packet.data.size())), json);
      }
      commit(output);
    }
  }
}

void EventLog::Impl::log_protocol_anomalies(const Packet* packet, Flow& flow) {
  AppEventSet& events = flow.app->unlogged_events();
  if (events.empty()) return;
  for (std::size_t i = 0; i < kAppEventNames.size(); ++i) {
    if (!events.has(static_cast<AppEvent>(i))) continue;
    for (const EveOutput& output : parts.config.eve()) {
      if (!output.wants_type(EveType::kAnomaly) || !output.anomaly.app_layer) continue;
      EveHeader of = header("anomaly", packet, &flow, output);
      if (packet == nullptr && rest_of_server) of.direction = EveDirection::kReversed;
      begin(of);
      add_metadata(output, &flow, packet);
      json.begin_object("anomaly");
      json.field("app_proto", name_of(flow.app->proto()));
      json.field("type", "applayer");
      // In EVE upper case, unlike the events of parsers.
      line = kAppEventNames[i];
      to_upper(line);
      json.field("event", std::string_view(line));
      json.field("layer", "proto_detect");
      json.end_object();
      commit(output);
    }
  }
  events.clear();
}

void EventLog::Impl::log_transaction_anomalies(const Packet* packet, const Flow& flow,
                                               const ProtocolSpec& spec, Transaction& transaction) {
  if (transaction.new_events.empty()) return;
  for (std::size_t i = 0; i < spec.events.size(); ++i) {
    if (!transaction.new_events.has(static_cast<std::uint8_t>(i))) continue;
    for (const EveOutput& output : parts.config.eve()) {
      if (!output.wants_type(EveType::kAnomaly) || !output.anomaly.app_layer) continue;
      EveHeader of = header("anomaly", packet, &flow, output);
      // At the end of a flow, with what the server said, or when only that was heard.
      if (packet == nullptr && (rest_of_server || flow.side(Direction::kToServer).packets == 0)) {
        of.direction = EveDirection::kReversed;
      }
      begin(of);
      add_metadata(output, &flow, packet);
      json.field("tx_id", transaction.id);
      json.begin_object("anomaly");
      json.field("app_proto", name_of(spec.proto));
      json.field("type", "applayer");
      line = spec.events[i];
      if (spec.events_upper_case) to_upper(line);
      json.field("event", std::string_view(line));
      json.field("layer", "proto_parser");
      json.end_object();
      commit(output);
    }
  }
  transaction.new_events = {};
}

// --- transactions ---

void EventLog::Impl::log_transaction(const Packet* packet, const Flow& flow,
                                     const ProtocolSpec& spec, Transaction& transaction) {
  if (wants_anomalies) log_transaction_anomalies(packet, flow, spec, transaction);
  tell(&EventListener::Wishes::transactions,
       [&](EventListener& each) { each.on_transaction(packet, flow, spec, transaction); });
  for (const EveOutput& output : parts.config.eve()) {
    for (const EveLoggerChoice& choice : output.loggers) {
      if (choice.spec != &spec) continue;
      const EveLogger& logger = *choice.logger;
      if (is_due(logger, transaction, Direction::kToServer)) {
        log_record(choice, output, packet, flow, transaction, Direction::kToServer,
                   EveDirection::kFlow);
      }
      if (!logger.once && is_due(logger, transaction, Direction::kToClient)) {
        log_record(choice, output, packet, flow, transaction, Direction::kToClient,
                   EveDirection::kReversed);
      }
    }
  }
}

void EventLog::Impl::log_record(const EveLoggerChoice& choice, const EveOutput& output,
                                const Packet* packet, const Flow& flow, Transaction& transaction,
                                Direction direction, EveDirection record_direction) {
  const std::uint64_t bit = std::uint64_t{1} << (choice.bit + index_of(direction));
  if ((transaction.logged & bit) != 0) return;
  transaction.logged |= bit;
  const EveLogger& logger = *choice.logger;
  const EveOptionsBase* const options = choice.options.get();
  EveHeader of = header(logger.event_type, packet, &flow, output);
  const bool of_flow =
      logger.header_of_flow != nullptr && logger.header_of_flow(transaction, options);
  if (!logger.header_of_packet || packet == nullptr) {
    of.direction = of_flow ? EveDirection::kFlow : record_direction;
  }
  std::string_view forwarded;
  if (output.xff.enabled && flow.app != nullptr) {
    forwarded = find_forwarded(*flow.app, &transaction, output.xff);
  }
  if (output.xff.overwrite) of.client = forwarded;
  const auto end = [&] {
    if (!output.xff.overwrite && !forwarded.empty()) json.field("xff", forwarded);
    commit(output);
  };
  if (logger.write_nth == nullptr) {
    begin(of);
    add_metadata(output, &flow, packet);
    if (logger.write(flow, transaction, direction, options, json)) end();
    return;
  }
  // The record's own part comes first: that there is no more is known only then, and a header made
  // for nothing costs as much as half a record of DNS.
  for (unsigned n = 0;; ++n) {
    own_part.clear();
    if (!logger.write_nth(flow, transaction, direction, options, n, own_part)) break;
    begin(of);
    add_metadata(output, &flow, packet);
    json.item_raw(own_part.text());
    end();
  }
}

// --- files ---

/// Those that are complete, and of which is known whether they are stored. `last`: all that are
/// left.
void EventLog::Impl::log_files(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                               const FileList* files, const Transaction& transaction, bool last) {
  if (files == nullptr) return;
  for (File& file : *files) {
    const bool settled = !file.is_open() && file.storing != FileStoring::kUndecided;
    if (file.logged || (!settled && !last)) continue;
    file.logged = true;
    log_file(packet, flow, spec, transaction, file);
  }
}

void EventLog::Impl::log_file(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                              const Transaction& transaction, const File& file) {
  const auto make = [&](const EveOutput& output) {
    EveHeader of = header("fileinfo", packet, &flow, output);
    of.direction =
        file.direction == Direction::kToServer ? EveDirection::kFlow : EveDirection::kReversed;
    std::string_view forwarded;
    if (output.xff.enabled && flow.app != nullptr) {
      forwarded = find_forwarded(*flow.app, &transaction, output.xff);
    }
    if (output.xff.overwrite) of.client = forwarded;
    begin(of);
    add_metadata(output, &flow, packet);
    if (spec.write_alert_metadata != nullptr) spec.write_alert_metadata(flow, transaction, json);
    write_app_protos(flow, false, json);
    json.begin_object("fileinfo");
    write_file_fields(file, transaction.id, false, json);
    json.end_object();
    if (!output.xff.overwrite && !forwarded.empty()) json.field("xff", forwarded);
  };
  for (const EveOutput& output : parts.config.eve()) {
    if (!output.wants_type(EveType::kFiles)) continue;
    make(output);
    commit(output);
  }
  tell(&EventListener::Wishes::files,
       [&](EventListener& each) { each.on_file(packet, flow, transaction, file); });
  if (store == nullptr || !store->wants_info() || file.storing != FileStoring::kStored) return;
  static const EveOutput kPlain;
  make(parts.config.eve().empty() ? kPlain : parts.config.eve().front());
  json.end_object();
  store->info(file, packet != nullptr ? packet->time : flow.last_seen, json.text());
}

// --- flows ---

void EventLog::Impl::log_flow(const Flow& flow) {
  tell(&EventListener::Wishes::flows, [&](EventListener& each) { each.on_flow(flow); });
  for (const EveOutput& output : parts.config.eve()) {
    if (output.wants_type(EveType::kFlow)) {
      begin(header("flow", nullptr, &flow, output));
      write_flow_record(flow, json);
      if (output.ethernet) macs.write(flow, json);
      add_metadata(output, &flow, nullptr);
      write_flow_tcp(flow, json);
      commit(output);
    }
    if (!output.wants_type(EveType::kNetflow)) continue;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      if (direction == Direction::kToClient && flow.side(direction).packets == 0) continue;
      EveHeader of = header("netflow", nullptr, &flow, output);
      if (direction == Direction::kToClient) of.direction = EveDirection::kReversed;
      begin(of);
      write_netflow_record(flow, direction, json);
      add_metadata(output, &flow, nullptr);
      commit(output);
    }
  }
}

// --- what the worker calls ---

void EventLog::on_hook_alerts(const Packet& packet, Flow* flow, std::span<const Alert> alerts) {
  if (!alerts.empty() && impl_->wants_alerts) {
    impl_->log_alerts(&packet, flow, packet.direction, alerts);
  }
}

void EventLog::on_packet(const Packet& packet, Flow* flow, std::span<const Alert> alerts) {
  Impl& log = *impl_;
  on_hook_alerts(packet, flow, alerts);
  if (log.wants_metadata) log.log_metadata(packet, flow);
  if (log.wants_alerts && log.detector != nullptr && log.detector->packet_is_tagged() &&
      std::none_of(alerts.begin(), alerts.end(), [](const Alert& a) { return a.logged; })) {
    log.log_tagged(packet, flow);
  }
  log.tell(&EventListener::Wishes::packets,
           [&](EventListener& each) { each.on_packet(packet, flow); });
  if (log.keeps_macs && flow != nullptr) log.macs.note(packet, *flow);
  if (log.wants_anomalies) {
    if (!packet.events.empty()) log.log_packet_anomalies(packet, flow);
    if (flow != nullptr && flow->app != nullptr) log.log_protocol_anomalies(&packet, *flow);
  }
  if (log.wants_streams && packet.is_tcp() && flow != nullptr && flow->tcp != nullptr) {
    log.log_stream(packet, *flow);
  }
  if (log.wants_drops && packet.verdict.is_drop()) log.log_drop(packet, flow, alerts);
  for (const auto& each : log.packet_logs) each->on_packet(packet, flow, alerts);
  if (log.wants_arp && packet.layer3 == Layer3::kArp) {
    for (const EveOutput& output : log.parts.config.eve()) {
      if (!output.wants_type(EveType::kArp)) continue;
      log.begin(log.header("arp", &packet, nullptr, output));
      if (write_arp_object(packet, log.json)) log.commit(output);
    }
  }
}

void EventLog::on_flow_alerts(const Flow& flow, Direction direction, std::span<const Alert> alerts,
                              bool flushed) {
  if (alerts.empty() || !impl_->wants_alerts) return;
  impl_->flushed = flushed;
  impl_->log_alerts(nullptr, &flow, direction, alerts);
  impl_->flushed = false;
}

void EventLog::use_frames(const FrameView& frames) {
  if (frames.list != nullptr || impl_->frames.list != nullptr) impl_->frames = frames;
}

bool EventLog::wants_frames() const { return impl_->wants_frames; }

void EventLog::on_frames(const Packet* packet, const Flow& flow, Direction direction,
                         const FrameView& frames) {
  if (!impl_->wants_frames) return;
  for (Frame& frame : frames.list->frames()) {
    if (frame.is_logged || !window_of(frame, frames.reach)) continue;
    frame.is_logged = true;
    for (const EveOutput& output : impl_->parts.config.eve()) {
      if (!output.wants_type(EveType::kFrame)) continue;
      impl_->log_frame(frame, direction, packet, flow, frames, output);
    }
  }
}

void EventLog::on_transactions(const Packet* packet, Flow& flow, Direction direction,
                               bool flushed) {
  impl_->rest_of_server = packet == nullptr && direction == Direction::kToClient;
  if (packet == nullptr && impl_->wants_anomalies) impl_->log_protocol_anomalies(nullptr, flow);
  const ProtocolSpec* const spec = flow.app->spec();
  if (spec == nullptr || (!impl_->wants_transactions && !impl_->wants_files)) {
    impl_->rest_of_server = false;
    return;
  }
  const bool last = packet == nullptr && !flushed;
  impl_->flushed = flushed;
  for (Transaction* const transaction : flow.app->transactions()) {
    impl_->log_transaction(packet, flow, *spec, *transaction);
    if (!impl_->wants_files) continue;
    // Of the other direction when its end has been seen.
    for (const Direction of : {Direction::kToServer, Direction::kToClient}) {
      if (of != direction && !flow.app->ended(of)) continue;
      impl_->log_files(packet, flow, *spec, transaction->files[index_of(of)], *transaction, last);
    }
  }
  impl_->flushed = impl_->rest_of_server = false;
}

void EventLog::on_transaction_end(Flow& flow, const ProtocolSpec& spec, Transaction& transaction) {
  if (impl_->wants_anomalies) {
    impl_->log_transaction_anomalies(nullptr, flow, spec, transaction);
  }
  if (!impl_->wants_files) return;
  for (const FileList* const files : transaction.files) {
    impl_->log_files(nullptr, flow, spec, files, transaction, true);
  }
}

void EventLog::on_flow_end(const Flow& flow) {
  if (impl_->wants_flows) impl_->log_flow(flow);
  if (impl_->keeps_macs) impl_->macs.forget(flow);
}

bool EventLog::wants_stream_data() const {
  return !impl_->data_logs.empty() || impl_->listens_to_stream;
}

void EventLog::on_stream_data(const Flow& flow, Direction direction, Bytes bytes,
                              std::uint64_t offset) {
  for (TcpDataLog& each : impl_->data_logs) each.on_data(flow, direction, bytes, offset);
  impl_->tell(&EventListener::Wishes::stream,
              [&](EventListener& each) { each.on_stream_data(flow, direction, bytes); });
}

void EventLog::append_counters(std::vector<NamedCounter>& out) const {
  for (const auto& each : impl_->packet_logs) {
    culvert::append_counters(each->counters(), kPcapLogCounters, out);
  }
}

void EventLog::on_turn(Timestamp now) {
  impl_->now = now;
  impl_->parts.output.on_turn(now);
}

void EventLog::flush() { impl_->parts.output.flush(); }

}  // namespace culvert
