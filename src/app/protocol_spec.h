// What a protocol folder offers: one constexpr ProtocolSpec, listed in builtin/protocols.cc.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "app/app_parser.h"
#include "app/buffer.h"
#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

class JsonWriter;    // event/json_writer.h
struct KeywordSpec;  // detect/keyword.h

/// Answer of a probe that looks at the first bytes of a direction.
enum class ProbeResult : std::uint8_t { kNo, kYes, kNeedMore, kYesReversed };

/// A way to recognise the protocol. Probes are tried by port first, patterns on any port.
struct ProtocolProbe {
  std::uint8_t ip_proto = 6;            ///< 6 TCP, 17 UDP
  std::string_view default_ports = {};  ///< "53,5353", or empty: any
  std::string_view config_key = {};     ///< "dns.udp.detection-ports.dp" below app-layer.protocols
  std::uint16_t min_bytes = 1;          ///< fewer than these: wait for more
  ProbeResult (*probe)(Direction, Bytes) = nullptr;
};

/// Bytes at the start of a direction that tell the protocol on any port.
struct ProtocolPattern {
  std::uint8_t ip_proto = 6;
  Direction direction = Direction::kToServer;
  std::string_view bytes = {};
  bool nocase = false;
  std::uint16_t offset = 0;  ///< earliest position
  std::uint16_t depth = 0;   ///< latest end; 0: offset + size
  /// Counts only when the other direction has been recognised as this protocol: too common to tell.
  bool only_agrees = false;
  /// Decides when a pattern is not enough; null: the pattern decides.
  ProbeResult (*confirm)(Direction, Bytes) = nullptr;
};

/// Options of a protocol, read from `app-layer.protocols.<name>` once per configuration; what the
/// parsers of its flows share. Lives as long as the engine's configuration.
struct ProtocolContext {
  virtual ~ProtocolContext() = default;
};

/// One EVE record of a transaction. `type` is the event type ("dns"), written into an open object
/// after the common header; the function opens and closes its own object ("dns": {...}).
/// Returns whether there was anything to write.
struct EveOptionsBase {
  virtual ~EveOptionsBase() = default;
};

struct EveLogger {
  std::string_view event_type = {};  ///< value of `event_type`, and key below `eve-log.types`
  std::string_view config_key = {};  ///< that key, where it is another one; else empty
  bool on_by_default = true;
  /// Reads the options under `types: - <key>: {...}` (node may be null: defaults).
  std::unique_ptr<EveOptionsBase> (*parse_options)(const ConfigNode* node, Complaints&) = nullptr;
  /// Progress at which a record is due, by direction; -1: none for that direction. Both directions
  /// given as the same "complete" value with `once` means one record a transaction.
  std::int16_t to_server_progress = -1;
  std::int16_t to_client_progress = -1;
  bool once = true;  ///< one record when all given progress is reached; else one a direction
  /// Writes the keys of the record below the header. False: nothing to log (roll back).
  bool (*write)(const Flow&, const Transaction&, Direction, const EveOptionsBase*,
                JsonWriter&) = nullptr;
  /// Instead of `write`, for transactions that make several records: called with 0, 1, ... until it
  /// says false.
  bool (*write_nth)(const Flow&, const Transaction&, Direction, const EveOptionsBase*, unsigned n,
                    JsonWriter&) = nullptr;
  /// Whether the header has the flow's source and destination instead of the packet's; null: no.
  bool (*header_of_flow)(const Transaction&, const EveOptionsBase*) = nullptr;
  /// The header has the ends of the packet that the record comes with, whoever sent the message.
  bool header_of_packet = false;
};

struct ProtocolSpec {
  std::string_view name = {};  ///< key below app-layer.protocols
  AppProto proto = AppProto::kUnknown;
  std::uint8_t ip_protos[2] = {6, 0};
  std::span<const ProtocolProbe> probes = {};
  std::span<const ProtocolPattern> patterns = {};
  std::unique_ptr<ProtocolContext> (*make_context)(const ConfigNode& root, Complaints&) = nullptr;
  std::unique_ptr<AppParser> (*make_parser)(const ProtocolContext&, Flow&) = nullptr;
  /// Names of the states, by direction and in order, as rule hooks spell them
  /// ("request_started", "request_complete"); the last one is complete.
  std::span<const std::string_view> to_server_states = {};
  std::span<const std::string_view> to_client_states = {};
  std::span<const std::string_view> events =
      {};  ///< app-layer-event names by number: "malformed_data"
  std::span<const BufferSpec> buffers = {};
  /// Names of its frames, by type: "pdu", "hdr". That of the whole stream, "stream", each protocol
  /// on TCP has. See app/frame.h.
  std::span<const std::string_view> frames = {};
  std::span<const KeywordSpec* const> keywords = {};  ///< its keywords that are not plain buffers
  std::span<const EveLogger> loggers = {};
  /// Writes the protocol's object into an alert record ("dns": {...}).
  void (*write_alert_metadata)(const Flow&, const Transaction&, JsonWriter&) = nullptr;
  /// The same with the bodies of request and response, as bytes or as text.
  void (*write_alert_bodies)(const Flow&, const Transaction&, bool bytes, bool text,
                             JsonWriter&) = nullptr;
  /// The value of a header field of the request, such as X-Forwarded-For; empty when it has none.
  std::string_view (*header_of)(const Transaction&, std::string_view name) = nullptr;
  /// Whether transactions carry files in a direction, and the progress from which on they are
  /// looked at: file.data and all other keywords of files then work for this protocol.
  struct Files {
    BufferSide to_server, to_client;
  } files = {};
  /// Most bodies that it carries are pieces of the stream as it comes (BufferSpec::in_stream).
  bool bodies_in_stream = false;
  bool enabled_by_default = true;
  /// The client has to speak first; a flow in which the server does is not this protocol.
  bool client_first = false;
  /// The flow as a whole is the one transaction: EVE counts it (`tx_cnt`), statistics do not
  /// (`app_layer.tx.*`).
  bool flow_is_transaction = false;
  /// Whether raw stream rules see the message that ends with the bytes from `offset` of the stream
  /// by itself; else they wait for a chunk. Null: each.
  bool (*shows_message)(const AppParser&, Direction, std::uint64_t offset) = nullptr;
  /// When the parser wants no more inspection, what came until then is inspected at once; else with
  /// the next packets.
  bool flushes_at_no_inspection = false;
  /// When the protocol changes, open transactions stay with the packet; else they are inspected as
  /// those of a flow that ends.
  bool keeps_packet_at_change = false;
  /// Alerts say how far the transaction has come.
  bool alerts_tell_progress = false;
  /// Anomaly records have the names of its events in upper case.
  bool events_upper_case = false;
  /// Unidirectional: each transaction has one direction only, the other counts as complete.
  /// The parser sets `progress`, `inspected` and `skip_inspection` of the other accordingly.
  bool unidirectional = false;

  std::uint8_t complete(Direction d) const {
    const auto& states = d == Direction::kToServer ? to_server_states : to_client_states;
    return states.empty() ? std::uint8_t{1} : static_cast<std::uint8_t>(states.size() - 1);
  }
};

}  // namespace culvert
