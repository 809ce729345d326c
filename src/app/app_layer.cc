#include "app/app_layer.h"

#include <algorithm>
#include <utility>

#include "app/carriage.h"
#include "app/expected_flows.h"
#include "base/prefetch.h"
#include "files/file.h"
#include "files/file_tracker.h"
#include "stream/tcp_session.h"

namespace culvert {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;

/// What one side may send unrecognised while the other has said nothing: then detection is skipped.
constexpr std::uint64_t kMaxUnansweredBytes = 100'000;

ProtocolDetector::Ports ports_of(const Flow& flow) {
  return {.client = flow.client_port(), .server = flow.server_port()};
}

/// Whether a transaction has yet to come so far that it is logged.
bool awaits_record(const ProtocolSpec& spec, const AppParser& parser) {
  for (const Transaction* const transaction : parser.transactions()) {
    for (const EveLogger& logger : spec.loggers) {
      if (transaction->progress[0] < logger.to_server_progress ||
          transaction->progress[1] < logger.to_client_progress) {
        return true;
      }
    }
  }
  return false;
}

/// Whether detection has yet to look at what came last in that direction.
bool has_news(const AppParser& parser, Direction direction) {
  const std::size_t d = index_of(direction);
  return std::ranges::any_of(parser.transactions(), [d](const Transaction* each) {
    return each->updated[d] && !each->inspected[d];
  });
}

/// Of the two ports, just the client's is one that the protocol has by itself.
bool only_client_has_port_of(const ProtocolSpec& spec, const ProtocolDetector::Ports& ports) {
  bool client = false, server = false;
  for (const ProtocolProbe& probe : spec.probes) {
    const auto own = PortList::parse(probe.default_ports);
    if (!own) continue;
    client = client || own->contains(ports.client);
    server = server || own->contains(ports.server);
  }
  return client && !server;
}

Timestamp time_of(const Packet* packet, const Flow& flow) {
  return packet == nullptr ? flow.last_seen : packet->time;
}

}  // namespace

AppLayer::AppLayer(const AppConfig& config, const AppLayerOptions& options, AppObserver& observer)
    : config_(config), options_(options), observer_(observer), counters_(config) {
  for (unsigned looked_at = 1; looked_at < unrecognised_.size(); ++looked_at) {
    AppSession& session = unrecognised_[looked_at];
    session.is_shared_ = true;
    session.proto_ = AppProto::kFailed;
    for (unsigned d = 0; d < 2; ++d) {
      session.decided_[d] = (looked_at >> d & 1) != 0;
      if (session.decided_[d]) session.by_direction_[d] = AppProto::kFailed;
    }
    session.is_over_ = session.decided_[0] && session.decided_[1];
  }
}

AppLayer::~AppLayer() = default;

AppSession& AppLayer::session_of(Flow& flow) {
  if (flow.app != nullptr && !flow.app->is_shared_) return *flow.app;
  AppSession& own = take_session();
  if (flow.app != nullptr) {
    own.proto_ = flow.app->proto_;
    own.by_direction_ = flow.app->by_direction_;
    own.decided_ = flow.app->decided_;
    own.is_over_ = flow.app->is_over_;
  }
  flow.app = &own;
  return own;
}

AppSession& AppLayer::take_session() {
  if (free_sessions_.empty()) return sessions_.emplace_back();
  AppSession& session = *free_sessions_.back();
  free_sessions_.pop_back();
  if (!free_sessions_.empty()) prefetch_bytes(free_sessions_.back(), sizeof session);  // the next
  return session;
}

void AppLayer::give_back(AppSession& session) {
  give_back(session.frames_);
  session = AppSession{};
  free_sessions_.push_back(&session);
}

void AppLayer::share_if_unrecognised(Flow& flow) {
  AppSession& session = *flow.app;
  const bool has_more = session.protocol_ != nullptr || session.original_ != AppProto::kUnknown ||
                        session.expected_ != AppProto::kUnknown || !session.events_.empty();
  if (has_more || session.proto_ != AppProto::kFailed) return;
  const unsigned looked_at =
      static_cast<unsigned>(session.decided_[0]) | static_cast<unsigned>(session.decided_[1]) << 1;
  if (looked_at == 0) return;
  flow.app = &unrecognised_[looked_at];
  give_back(session);
}

// ---------------------------------------------------------------------------------------- TCP

std::size_t AppLayer::on_stream_data(Packet* packet, Flow& flow, Direction direction, Bytes bytes,
                                     std::uint64_t offset, bool end_of_stream) {
  AppSession& session = session_of(flow);
  const std::size_t d = index_of(direction);
  session.ended_[d] = session.ended_[d] || end_of_stream;
  if (session.is_over_) {
    if (tracker_ != nullptr) tracker_->disable_app(flow, direction);
    return bytes.size();
  }
  if (session.changes_) change_protocol(flow, session);
  if (!session.has_data_[0] && !session.has_data_[1]) session.first_data_ = direction;
  session.has_data_[d] = session.has_data_[d] || !bytes.empty();

  Input input{packet, flow, session, direction, bytes, offset, end_of_stream};
  if (!session.decided_[d] || session.protocol_ == nullptr) {
    // At its end a direction that never said enough goes to the parser that the other one has
    // chosen.
    const bool ends = end_of_stream && session.protocol_ != nullptr;
    // If it never said anything, that is only when the flow ends.
    if (ends && packet != nullptr && bytes.empty() && !session.has_data_[d]) {
      session.ends_late_[d] = true;
      return 0;
    }
    if (bytes.empty() && !ends) {
      session.ends_late_[d] = session.ends_late_[d] || end_of_stream;
      return 0;
    }
    if (!bytes.empty() && !detect_stream(input)) {
      if (session.is_over_) return bytes.size();
      if (!ends) {
        session.has_held_[d] = true;
        return 0;
      }
    }
  }
  session.has_held_[index_of(input.direction)] = false;
  feed(input);
  if (session.changes_ && session.parser_ != nullptr && session.parser_->wishes.unconsumed != 0) {
    // The stream holds them until the next bytes, so that this packet is inspected as what it was.
    const std::size_t left = std::min(session.parser_->wishes.unconsumed, bytes.size());
    session.parser_->wishes.unconsumed = 0;
    session.has_held_[index_of(input.direction)] = true;
    return bytes.size() - left;
  }
  return bytes.size();
}

bool AppLayer::is_expected(Input& input) {
  AppSession& session = input.session;
  if (session.asked_expected_ || services_.expected == nullptr) return false;
  session.asked_expected_ = true;
  if (session.protocol_ != nullptr || !services_.expected->any()) return false;
  const auto announced = services_.expected->take(input.flow, time_of(input.packet, input.flow));
  if (!announced) return false;
  expect(input.flow, announced->proto);
  session.expected_ = AppProto::kUnknown;  // what came is what was announced
  input.flow.parent_id = announced->parent_id;
  if (!ensure_parser(session, input.flow)) return false;
  session.parser_->begin_expected(*announced);
  return true;
}

/// Whether nobody saw how the connection began, so that its first packet may be the server's.
bool AppLayer::is_midstream(const Input& input) {
  return input.flow.tcp != nullptr && input.flow.tcp->midstream && input.packet != nullptr;
}

bool AppLayer::detect_stream(Input& input) {
  AppSession& session = input.session;
  if (is_expected(input)) return true;
  std::size_t d = index_of(input.direction);
  const std::size_t other = 1 - d;
  if (!session.decided_[d]) {
    auto answer = config_.detector().detect(kTcp, input.direction, input.bytes,
                                            ports_of(input.flow), session.spec());
    if (answer.spec == nullptr && is_midstream(input) && !session.decided_[other]) {
      answer.spec = config_.detector().find_reversed(input.direction, input.bytes);
      answer.reversed = answer.spec != nullptr;
    }
    if (!is_midstream(input)) {
      answer.reversed = false;
    } else if (answer.spec != nullptr && !answer.reversed && !session.decided_[other]) {
      answer.reversed = only_client_has_port_of(*answer.spec, ports_of(input.flow));
    }
    if (answer.spec == nullptr && !answer.decided) return false;
    if (answer.spec != nullptr && answer.reversed && input.packet != nullptr &&
        session.protocol_ == nullptr && tracker_ != nullptr) {
      tracker_->swap(*input.packet);
      std::swap(session.has_data_[0], session.has_data_[1]);
      std::swap(session.has_held_[0], session.has_held_[1]);
      std::swap(session.ended_[0], session.ended_[1]);
      session.first_data_ = opposite(session.first_data_);
      input.direction = opposite(input.direction);
      d = index_of(input.direction);
    }
    session.decided_[d] = true;
    if (answer.spec == nullptr) {
      if (session.protocol_ != nullptr) {
        session.by_direction_[d] = AppProto::kFailed;
        raise(session, AppEvent::kDetectedOneDirectionOnly);
        return true;
      }
    } else {
      session.by_direction_[d] = answer.spec->proto;
      if (session.protocol_ != nullptr) {
        const AppProto proto = session.protocol_->spec->proto;
        const Carriage* const carriage = find_carriage(proto);
        const bool carries = carriage != nullptr && carriage->carrier == answer.spec->proto;
        if (carries) session.by_direction_[d] = proto;
        if (!carries && proto != answer.spec->proto) {
          raise(session, AppEvent::kMismatchBothDirections);
        }
        return true;
      }
      start(input, *answer.spec, true);
      if (session.is_over_) return false;
      // What the other side said before, as a greeting on an odd port, may be the protocol's.
      if (session.has_held_[1 - d]) session.decided_[1 - d] = false;
      // What the other side said earlier comes first. It is looked at again with what is known now.
      if (session.has_held_[1 - d] && session.first_data_ != input.direction &&
          tracker_ != nullptr) {
        session.has_held_[1 - d] = false;
        tracker_->deliver_pending(input.packet, input.flow, opposite(input.direction));
      }
      return !session.is_over_;
    }
  }
  // Not recognised in this direction; the other may still tell.
  if (session.decided_[other]) {
    fail(session, kTcp);
  } else if (input.bytes.size() > kMaxUnansweredBytes) {
    raise(session, AppEvent::kDetectionSkipped);
    fail(session, kTcp);
  }
  return false;
}

void AppLayer::on_stream_gap(Packet* packet, Flow& flow, Direction direction, std::uint64_t missing,
                             std::uint64_t offset) {
  AppSession& session = session_of(flow);
  if (session.is_over_) return;
  if (session.protocol_ == nullptr) {
    counters_.failed_tcp_gap.add();
    session.is_over_ = true;
    return;
  }
  if (!ensure_parser(session, flow)) return;
  const Input input{packet, flow, session, direction, {}, offset, false};
  const std::uint64_t before = session.parser_->transaction_count();
  const ParseStatus status = session.parser_->gap({.flow = flow,
                                                   .direction = direction,
                                                   .bytes = {},
                                                   .time = time_of(packet, flow),
                                                   .stream_offset = offset,
                                                   .frames = frames_for(input)},
                                                  missing);
  if (status == ParseStatus::kMalformed) {
    counters_.of(session.proto_, kTcp).error_gap.add();
  }
  settle(input, status, before);
}

/// Files end where the depth does. As in the reference a message of HTTP ends with it, so that it is
/// logged; other protocols wait for the end of the flow.
bool AppLayer::on_stream_cut(Packet& packet, Flow& flow) {
  if (flow.app == nullptr || flow.app->parser_ == nullptr || flow.app->is_over_) return false;
  AppParser& parser = *flow.app->parser_;
  parser.cut(packet.direction);
  for (Transaction* const transaction : parser.transactions()) {
    const FileList* const files = transaction->files[index_of(packet.direction)];
    if (files == nullptr || services_.files == nullptr) continue;
    for (File& file : *files) services_.files->truncate(file);
  }
  if (flow.app->proto_ != AppProto::kHttp1) return false;
  parser.finish(packet.direction);
  return true;
}

// ---------------------------------------------------------------------------------------- UDP

void AppLayer::on_datagram(Packet& packet, Flow& flow) {
  const AppSession* const known = flow.app;
  const bool decided = known != nullptr && known->decided_[index_of(packet.direction)];
  if (known != nullptr && (known->is_over_ || (known->is_shared_ && decided))) return;
  AppSession& session = session_of(flow);
  Input input{&packet, flow, session, packet.direction, packet.payload, 0, false};
  if (!decided) detect_datagram(input);
  if (session.protocol_ != nullptr && !session.is_over_) {
    feed(input);
  } else if (!decided) {
    share_if_unrecognised(flow);
  }
}

void AppLayer::detect_datagram(Input& input) {
  AppSession& session = input.session;
  const auto answer = config_.detector().detect(kUdp, input.direction, input.bytes,
                                                ports_of(input.flow), session.spec());
  if (answer.spec != nullptr && answer.reversed && tracker_ != nullptr) {
    tracker_->swap(*input.packet);
    std::swap(session.by_direction_[0], session.by_direction_[1]);
    std::swap(session.decided_[0], session.decided_[1]);
    input.direction = input.packet->direction;
  }
  const std::size_t d = index_of(input.direction);
  session.decided_[d] = true;
  if (answer.spec != nullptr) {
    session.by_direction_[d] = answer.spec->proto;
    if (session.protocol_ == nullptr) start(input, *answer.spec, true);
  } else if (session.protocol_ == nullptr) {
    session.by_direction_[d] = AppProto::kFailed;
    session.proto_ = AppProto::kFailed;
    if (session.decided_[1 - d]) {
      fail(session, kUdp);
    }
  } else {
    session.by_direction_[d] = session.proto_;
  }
}

// ------------------------------------------------------------------------------------- parsing

void AppLayer::start(Input& input, const ProtocolSpec& spec, bool count) {
  AppSession& session = input.session;
  const std::uint8_t ip_proto = input.flow.key.ip_proto;
  if (session.expected_ != AppProto::kUnknown && session.original_ != AppProto::kUnknown &&
      session.expected_ != spec.proto) {
    raise(session, AppEvent::kUnexpectedProtocol);
    if (session.expected_ == AppProto::kTls) raise(session, AppEvent::kNoTlsAfterStarttls);
  }
  session.proto_ = spec.proto;
  session.protocol_ = config_.find(spec.proto);
  if (count) counters_.of(spec.proto, ip_proto).flows.add();
  if (session.protocol_ == nullptr || !session.protocol_->parses(ip_proto)) {
    session.is_over_ = session.decided_[0] && session.decided_[1];
    return;
  }
  if (tracker_ != nullptr &&
      (options_.whole_streams >> static_cast<unsigned>(spec.proto) & 1) != 0) {
    tracker_->lift_depth(input.flow);
  }
  if (spec.client_first && input.direction == Direction::kToClient &&
      !session.has_data_[index_of(Direction::kToServer)]) {
    raise(session, AppEvent::kWrongDirectionFirstData);
    session.proto_ = AppProto::kFailed;
    session.protocol_ = nullptr;
    session.is_over_ = true;
  }
}

void AppLayer::fail(AppSession& session, std::uint8_t ip_proto) {
  if (session.original_ != AppProto::kUnknown && session.expected_ != AppProto::kUnknown) {
    raise(session, AppEvent::kUnexpectedProtocol);
    if (session.expected_ == AppProto::kTls) raise(session, AppEvent::kNoTlsAfterStarttls);
  }
  session.proto_ = AppProto::kFailed;
  session.is_over_ = true;
  (ip_proto == kUdp ? counters_.failed_udp : counters_.failed_tcp).add();
}

void AppLayer::feed(const Input& input) {
  AppSession& session = input.session;
  if (!ensure_parser(session, input.flow)) {
    session.is_over_ = session.decided_[0] && session.decided_[1];
    return;
  }
  AppParser& parser = *session.parser_;
  const std::uint64_t before = parser.transaction_count();
  ParseStatus status = ParseStatus::kDone;
  if (!input.bytes.empty()) {
    status = parser.feed({.flow = input.flow,
                          .direction = input.direction,
                          .bytes = input.bytes,
                          .time = time_of(input.packet, input.flow),
                          .end_of_stream = input.end,
                          .stream_offset = input.offset,
                          .frames = frames_for(input)});
    if (status == ParseStatus::kMalformed) {
      counters_.of(session.proto_, input.flow.key.ip_proto).error_parser.add();
    }
  }
  if (input.end && status != ParseStatus::kMalformed) {
    parser.finish(input.direction);
    session.told_end_[index_of(input.direction)] = true;
  }
  settle(input, status, before);
}

FrameList* AppLayer::frames_for(const Input& input) {
  AppSession& session = input.session;
  if (session.frames_ == nullptr) {
    if ((frame_protos_ >> static_cast<unsigned>(session.proto_) & 1) == 0) return nullptr;
    if (free_frames_.empty()) {
      session.frames_ = std::make_unique<FlowFrames>();
    } else {
      session.frames_ = std::move(free_frames_.back());
      free_frames_.pop_back();
    }
    if (tracker_ != nullptr) tracker_->keep_for_frames(input.flow);
  }
  FrameList& frames = session.frames_->lists[index_of(input.direction)];
  counters_.frames_dropped.add(frames.take_dropped());
  if (frames.added() == 0 && input.flow.tcp != nullptr) frames.add(kStreamFrame, input.offset);
  return &frames;
}

void AppLayer::give_back(std::unique_ptr<FlowFrames>& frames) {
  if (frames == nullptr) return;
  for (FrameList& list : frames->lists) list.clear();
  free_frames_.push_back(std::move(frames));
}

void AppLayer::settle(const Input& input, ParseStatus status, std::uint64_t transactions_before) {
  AppSession& session = input.session;
  AppParser& parser = *session.parser_;
  const ProtocolSpec& spec = *session.protocol_->spec;
  // Of what one side began the other side has nothing yet for rules to look at.
  const auto& all = parser.transactions();
  const std::size_t fresh = parser.transaction_count() - transactions_before;
  for (std::size_t i = all.size() - std::min(all.size(), fresh); i < all.size(); ++i) {
    const std::size_t other = index_of(opposite(input.direction));
    if (all[i]->progress[other] == 0) all[i]->updated[other] = false;
  }
  if (!spec.flow_is_transaction) {
    counters_.of(session.proto_, input.flow.key.ip_proto)
        .transactions.add(parser.transaction_count() - transactions_before);
  }
  if (status == ParseStatus::kMalformed) {
    session.has_error_ = true;
    session.is_over_ = input.flow.key.ip_proto != kUdp;  // the next datagram begins anew
    if (input.packet != nullptr) {
      apply_exception_policy(options_.error_policy, ExceptionTarget::kAppError,
                             DropReason::kApplayerError, *input.packet, policy_counters_);
    }
    return;
  }
  if (status == ParseStatus::kDone && session.frames_ != nullptr) {
    session.frames_->lists[index_of(input.direction)].set_boundary(input.offset +
                                                                   input.bytes.size());
  }
  // The bytes made whole messages, of some transaction: rules on the raw stream need not wait for
  // more.
  AppWishes& wishes = parser.wishes;
  const bool is_message =
      status == ParseStatus::kDone &&
      (spec.shows_message == nullptr ? fresh != 0 || has_news(parser, input.direction)
                                     : spec.shows_message(parser, input.direction, input.offset));
  if ((is_message || wishes.show_stream) && tracker_ != nullptr && input.flow.tcp != nullptr) {
    tracker_->trigger_raw(input.flow, input.direction);
  }
  wishes.show_stream = false;
  if (wishes.no_inspection) {
    if (!session.payload_ended_) {
      session.payload_ended_ = true;
      if (spec.flushes_at_no_inspection) {
        session.flush_ = session.closes_payload_ = true;
      } else {
        input.flow.no_payload_inspection = true;
        if (tracker_ != nullptr) tracker_->close_raw(input.flow);
      }
    }
    // Unless a record still waits: which packet it comes with depends on what is acknowledged.
    if (tracker_ != nullptr && !awaits_record(spec, parser)) {
      tracker_->hand_over_at_once(input.flow);
    }
  }
  if (wishes.bypass && !session.wants_bypass_) session.wants_bypass_ = session.flush_ = true;
  if (wishes.no_reassembly && tracker_ != nullptr && input.flow.tcp != nullptr) {
    session.flush_ = !session.is_over_;
    session.is_over_ = true;
    tracker_->stop_reassembly(input.flow, Direction::kToServer);
    tracker_->stop_reassembly(input.flow, Direction::kToClient);
  }
  if (wishes.skip_bytes != 0) {
    if (tracker_ != nullptr) tracker_->skip(input.flow, input.direction, wishes.skip_bytes);
    wishes.skip_bytes = 0;
  }
  const Carriage* const carriage = find_carriage(wishes.change_to);
  if (carriage != nullptr) {
    become(session, input.flow.key.ip_proto, *carriage);
    wishes.change_to = AppProto::kUnknown;
  }
  if (wishes.change_to != AppProto::kUnknown || wishes.detect_again) {
    // Done with the next bytes: until then the transactions of this packet are to be inspected.
    session.changes_ = true;
    session.flush_ = session.flush_ || !spec.keeps_packet_at_change;
    session.expected_ = wishes.change_to;
    wishes.change_to = AppProto::kUnknown;
    wishes.detect_again = false;
  }
}

void AppLayer::become(AppSession& session, std::uint8_t ip_proto, const Carriage& carriage) {
  const AppConfig::Protocol* const next = config_.find(carriage.proto);
  if (next == nullptr || !next->parses(ip_proto) || session.proto_ != carriage.carrier) return;
  session.original_ = session.proto_;
  session.proto_ = carriage.proto;
  session.by_direction_ = {carriage.proto, carriage.proto};
  session.protocol_ = next;
  counters_.of(carriage.proto, ip_proto).flows.add();
}

void AppLayer::change_protocol(Flow& flow, AppSession& session) {
  if (session.parser_ != nullptr) session.handover_ = session.parser_->hand_over();
  retire_parser(flow, session);
  give_back(session.frames_);
  session.past_transactions_ = 0;  // what follows counts for itself
  session.changes_ = false;
  session.original_ = session.proto_;
  session.protocol_ = nullptr;
  session.proto_ = AppProto::kUnknown;
  session.by_direction_ = {};
  session.decided_ = {};
  session.told_end_ = {};
  session.first_id_ = session.past_transactions_;
  // What a side said of the new protocol along with the last of the old.
  session.has_data_ = session.has_held_;
  if (session.has_held_[0] != session.has_held_[1]) {
    session.first_data_ = session.has_held_[0] ? Direction::kToServer : Direction::kToClient;
  }
  // What cannot be told by its bytes, as WebSocket, is taken at its word.
  const AppConfig::Protocol* const announced = config_.find(session.expected_);
  if (announced == nullptr || !announced->parses(flow.key.ip_proto) ||
      !announced->spec->probes.empty() || !announced->spec->patterns.empty()) {
    return;
  }
  session.protocol_ = announced;
  session.proto_ = session.expected_;
  session.by_direction_ = {session.proto_, session.proto_};
  session.decided_ = {true, true};
  counters_.of(session.proto_, flow.key.ip_proto).flows.add();
}

void AppLayer::raise(AppSession& session, AppEvent event) {
  session.events_.add(event);
  session.unlogged_events_.add(event);
  packet_events_.add(event);
}

bool AppLayer::ensure_parser(AppSession& session, Flow& flow) {
  if (session.parser_ != nullptr) return true;
  const AppConfig::Protocol* protocol = session.protocol_;
  if (protocol == nullptr || !protocol->parses(flow.key.ip_proto)) return false;
  auto& idle = idle_parsers_[flow.key.ip_proto == kUdp ? 1 : 0]
                            [static_cast<std::size_t>(protocol->spec->proto)];
  if (idle.empty()) {
    static const ProtocolContext kNoContext;
    session.parser_ = protocol->spec->make_parser(
        protocol->context == nullptr ? kNoContext : *protocol->context, flow);
  } else {
    session.parser_ = std::move(idle.back());
    idle.pop_back();
  }
  session.parser_->use(services_, flow);
  session.parser_->start_ids_at(session.past_transactions_ - session.first_id_);
  if (session.handover_ != nullptr) {
    session.parser_->take_over(*session.handover_);
    session.handover_.reset();
  }
  // An idle parser is taken away whatever finish() has told it: its successor is told the same.
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    if (session.told_end_[index_of(direction)]) session.parser_->finish(direction);
  }
  return true;
}

void AppLayer::expect(Flow& flow, AppProto proto) {
  const AppConfig::Protocol* protocol = config_.find(proto);
  if (protocol == nullptr) return;
  AppSession& session = session_of(flow);
  session.protocol_ = protocol;
  session.proto_ = proto;
  session.expected_ = proto;
  session.by_direction_ = {proto, proto};
  session.decided_ = {true, true};
  counters_.of(proto, flow.key.ip_proto).flows.add();
}

// ------------------------------------------------------------------------- life of transactions

bool AppLayer::is_through(const ProtocolSpec& spec, const Transaction& transaction) const {
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    const std::size_t d = index_of(direction);
    if (transaction.progress[d] < spec.complete(direction)) return false;
    if (options_.has_detection && !transaction.inspected[d] && !transaction.skip_inspection[d]) {
      return false;
    }
    if (options_.logs_files && transaction.files[d] != nullptr) {
      for (const File& file : *transaction.files[d]) {
        const bool settled = !file.is_open() && file.storing != FileStoring::kUndecided;
        if (settled && !file.logged) return false;
      }
    }
  }
  return true;
}

void AppLayer::collect(Flow& flow) {
  if (flow.app == nullptr || flow.app->parser_ == nullptr) return;
  AppSession& session = *flow.app;
  AppParser& parser = *session.parser_;
  const ProtocolSpec& spec = *session.protocol_->spec;
  const std::vector<Transaction*>& live = parser.transactions();
  for (std::size_t i = 0; i < live.size();) {
    Transaction* const transaction = live[i];
    if (!is_through(spec, *transaction)) {
      ++i;
      continue;
    }
    observer_.on_transaction_end(flow, spec, *transaction);
    parser.free_transaction(transaction);  // takes it out of `live`
  }
  if (parser.transactions().empty() && !session.changes_ && parser.is_idle()) {
    retire_parser(flow, session);
  }
}

void AppLayer::finish(Flow& flow, Direction direction) {
  if (flow.app == nullptr) return;
  AppSession& session = session_of(flow);
  session.ended_[index_of(direction)] = true;
  // It was to change to another one, of which nothing was seen.
  if (session.ended_[0] && session.ended_[1] && session.proto_ == AppProto::kUnknown &&
      session.original_ != AppProto::kUnknown) {
    session.proto_ = AppProto::kFailed;
  }
  if (session.parser_ == nullptr || session.is_over_) return;
  // Of TCP, the streams' ends did that already.
  const bool is_stream = flow.key.ip_proto == kTcp && flow.tcp != nullptr;
  const bool is_last = direction == Direction::kToClient;
  // Its protocol may have been known only by what the server said last.
  if (is_stream && is_last && session.ends_late_[0]) session.parser_->finish(Direction::kToServer);
  if (!is_stream || session.ends_late_[index_of(direction)]) session.parser_->finish(direction);
}

void AppLayer::retire_parser(Flow& flow, AppSession& session) {
  if (session.parser_ == nullptr) return;
  AppParser& parser = *session.parser_;
  const ProtocolSpec& spec = *session.protocol_->spec;
  while (!parser.transactions().empty()) {
    Transaction* const transaction = parser.transactions().front();
    observer_.on_transaction_end(flow, spec, *transaction);
    parser.free_transaction(transaction);  // takes it out
  }
  session.past_transactions_ += parser.transaction_count();
  if (parser.recycle()) {
    parser.wishes = {};
    idle_parsers_[flow.key.ip_proto == kUdp ? 1 : 0][static_cast<std::size_t>(spec.proto)]
        .push_back(std::move(session.parser_));
  }
  session.parser_.reset();
}

void AppLayer::release(Flow& flow) {
  if (flow.app == nullptr) return;
  if (!flow.app->is_shared_) {
    retire_parser(flow, *flow.app);
    give_back(*flow.app);
  }
  flow.app = nullptr;
}

void AppLayer::append_counters(std::vector<NamedCounter>& out) const {
  counters_.append(out);
  policy_counters_.append(ExceptionTarget::kAppError, out);
}

}  // namespace culvert
