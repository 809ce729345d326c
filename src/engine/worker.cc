#include "engine/worker.h"

#include <algorithm>
#include <utility>

#include "app/app_session.h"
#include "base/prefetch.h"
#include "detect/detect_watch.h"
#include "engine/reject.h"

namespace culvert {
namespace {

/// Flows looked at for a timeout in one turn of the loop: enough to keep up with any rate of new
/// flows (a turn brings at most a batch of them), little enough not to be felt.
constexpr std::size_t kExpireBudget = 128;
constexpr std::chrono::milliseconds kWait{100};

/// Of a parser and of a transaction, what each packet touches.
constexpr std::size_t kParserBytes = 320, kTransactionBytes = 192;

/// Three steps further than the flow, of which each has to wait for the one before.
void prefetch_parsers(std::span<const Flow* const> flows) {
  const auto each_parser = [flows](const auto& use) {
    for (const Flow* const flow : flows) {
      if (flow == nullptr || flow->app == nullptr) continue;
      if (const AppParser* const parser = flow->app->parser()) use(*parser);
    }
  };
  each_parser([](const AppParser& parser) { prefetch_bytes(&parser, kParserBytes); });
  each_parser([](const AppParser& parser) { prefetch(parser.transactions().data()); });
  each_parser([](const AppParser& parser) {
    const auto& transactions = parser.transactions();
    if (!transactions.empty()) prefetch_bytes(transactions.front(), kTransactionBytes);
  });
}

}  // namespace

Worker::Worker(const WorkerParts& parts)
    : options_(parts.options),
      rules_(parts.rules),
      source_(parts.source),
      events_(parts.events),
      decoder_(options_.decode, decode_counters_),
      defragmenter_(options_.defrag, decoder_, defrag_counters_, parts.count),
      files_(options_.files),
      app_(*options_.app, options_.app_layer, *this),
      flows_(options_.flow, *this, flow_counters_, parts.seed, parts.count, parts.index),
      tap_(app_, events_),
      tcp_(options_.stream, events_.wants_stream_data() ? static_cast<StreamReceiver&>(tap_) : app_,
           flows_, stream_counters_, parts.count),
      detector_(options_.detect, parts.shared) {
  app_.use_tracker(tcp_);
  app_.use(AppServices{.files = &files_, .expected = parts.expected});
  events_.attach(detector_, tcp_);
  if (events_.wants_frames()) app_.want_frames(~std::uint64_t{0});
  if (options_.watch != nullptr) detector_.watch(options_.watch);
}

Worker::~Worker() = default;

void Worker::use_store(FileStore::Input& store) {
  store_ = &store;
  files_.use_store(&store, store.forces());
  events_.use_store(&store);
}

void Worker::run(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed) && !source_.finished()) {
    if (rules_.refresh(rule_set_, rules_seen_)) {
      detector_.use(rule_set_);
      files_.use(rule_set_->file_needs());
      app_.want_frames(rule_set_->frame_protos() |
                       (events_.wants_frames() ? ~std::uint64_t{0} : 0));
      has_pre_flow_rules_ = rule_set_->has_pre_flow_rules();
      has_pre_stream_rules_ = rule_set_->has_pre_stream_rules();
      rules_seen_by_others_.set(rules_seen_);
    }
    const std::size_t received = source_.receive(batch_, kWait);
    const std::span<Packet> batch = std::span(batch_).first(received);
    process_batch(batch);
    source_.release(batch);
    housekeeping(received != 0 || !options_.live ? now_ : source_.now());
    turns_.add();
  }
  finish();
}

void Worker::process_batch(std::span<Packet> batch) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    stack_.clear();
    decoder_.decode(batch[i], stack_);
    if (!stack_.empty()) {  // the stack holds one packet's: it goes by itself, in its turn
      process_decoded(batch.subspan(begin, i - begin),
                      std::span(lookups_).subspan(begin, i - begin));
      process_tunnelled(batch[i]);
      begin = i + 1;
      continue;
    }
    lookups_[i] = flows_.look_up(batch[i]);
  }
  process_decoded(batch.subspan(begin), std::span(lookups_).subspan(begin));
}

void Worker::process_decoded(std::span<Packet> packets, std::span<const FlowLookup> lookups) {
  // Loops with nothing else in them: a core waits for the address translation of a prefetch as for
  // that of a load, and has many under way only if they are close together (bench/flows: 60 ns a
  // packet against 180 between the steps of decoding).
  for (const FlowLookup& lookup : lookups) flows_.prefetch(lookup);
  for (const FlowLookup& lookup : lookups) flows_.prefetch_flow(lookup);
  std::array<const Flow*, kBatchSize> likely;
  for (std::size_t i = 0; i < packets.size(); ++i) likely[i] = flows_.prefetch_state(lookups[i]);
  prefetch_parsers(std::span(likely).first(packets.size()));
  for (std::size_t i = 0; i < packets.size(); ++i) {
    process(packets[i], lookups[i]);
    settle(packets[i]);
  }
}

void Worker::process_tunnelled(Packet& root) {
  // Inner packets before the ones around them.
  for (std::size_t i = stack_.size(); i-- > 0;) {
    Packet& inner = stack_[i];
    process(inner, flows_.look_up(inner));
    count_verdict(inner);
    if (inner.verdict.is_drop()) root.verdict.drop(DropReason::kTunnelPacket);
  }
  process(root, flows_.look_up(root));
  settle(root);
}

void Worker::process(Packet& packet, const FlowLookup& lookup) {
  now_ = std::max(now_, packet.time);
  if (packet.is_fragment) reassemble(packet);
  app_.begin_packet();

  Flow* flow = nullptr;
  if (has_pre_flow_rules_ && !passes_hook(packet, nullptr)) return;
  if (!packet.no_flow && flows_.find_or_create(packet, lookup) != FlowTable::Outcome::kNoFlow) {
    flow = packet.flow;
  }
  if (flow != nullptr) {
    if (flow->verdict == FlowVerdict::kBypass) {
      tell_not_inspected(packet, flow);
      return;
    }
    if (flow->verdict == FlowVerdict::kDrop && !packet.verdict.is_drop()) {
      tell_not_inspected(packet, flow);
      packet.verdict.drop(later_drop_reason(*flow));
      events_.on_packet(packet, flow, {});
      return;
    }
    if (has_pre_stream_rules_ && !passes_hook(packet, flow)) return;
    track(packet, *flow);
  }
  inspect(packet, flow);
}

/// Rules before there is a flow, or before the stream takes the packet. False: it ends here.
bool Worker::passes_hook(Packet& packet, Flow* flow) {
  DetectInput input;
  input.packet = &packet;
  input.flow = flow;
  input.direction = packet.direction;
  input.time = packet.time;
  if (flow == nullptr) {
    detector_.inspect_pre_flow(input);
  } else {
    show(*flow, input.app);
    detector_.inspect_pre_stream(input);
  }
  if (!packet.verdict.is_drop()) {
    events_.on_hook_alerts(packet, flow, detector_.alerts());
    return true;
  }
  events_.on_packet(packet, flow, detector_.alerts());
  return false;
}

void Worker::reassemble(Packet& fragment) {
  const std::size_t before = whole_.size();
  defragmenter_.process(fragment, whole_);
  // The datagram, and what tunnels it may hold, innermost first.
  for (std::size_t i = whole_.size(); i-- > before;) {
    Packet& whole = whole_[i];
    process(whole, flows_.look_up(whole));
    count_verdict(whole);
    if (whole.verdict.is_drop()) fragment.verdict.drop(whole.verdict.reason);
  }
  if (before == 0) whole_.clear();
}

void Worker::track(Packet& packet, Flow& flow) {
  if (packet.is_tcp()) {
    tcp_.process(packet);
  } else if (packet.is_udp()) {
    app_.on_datagram(packet, flow);
  }
}

/// In place: a copy would wait for what was just written. REQUIRES: `view` is new.
void Worker::show(const Flow& flow, AppView& view) const {
  if (const AppSession* const session = flow.app) {
    view.proto = session->proto();
    view.by_direction[0] = session->proto(Direction::kToServer);
    view.by_direction[1] = session->proto(Direction::kToClient);
    view.original = session->original();
    view.spec = session->spec();
    view.parser = session->parser();
    view.engine_events = app_.packet_events().bits();
    view.ended[0] = session->ended(Direction::kToServer);
    view.ended[1] = session->ended(Direction::kToClient);
  }
}

FrameView Worker::frames_of(const Packet* packet, const Flow& flow, Direction direction) const {
  FrameView view;
  if (flow.app == nullptr) return view;
  view.list = flow.app->frames(direction);
  if (view.list == nullptr) return view;
  if (flow.tcp == nullptr) {
    view.reach = {.limit = packet == nullptr ? 0 : packet->payload.size(), .has_ended = true};
    view.reach.edge = view.reach.limit;
    return view;
  }
  const FrameStretch stretch = tcp_.stretch(flow, direction);
  view.reach = {stretch.limit, stretch.edge, stretch.is_inline, stretch.has_ended};
  view.tcp = &tcp_;
  return view;
}

/// After detection: frames are written down, and those that are through with go.
void Worker::settle_frames(const FrameView& frames, const Packet* packet, Flow& flow,
                           Direction direction) {
  if (frames.list == nullptr) return;
  events_.on_frames(packet, flow, direction, frames);
  frames.list->settle(frames.reach);
  tcp_.release_frames(flow, direction, frames.list->needs_from(frames.reach));
}

void Worker::inspect(Packet& packet, Flow* flow) {
  if (flow != nullptr && flow->app != nullptr && flow->app->take_flush()) flush(packet, *flow);
  if (!options_.has_rules) {
    finish_packet(packet, flow, {});
    if (flow != nullptr && flow->app != nullptr) {
      settle_frames(frames_of(&packet, *flow, packet.direction), &packet, *flow, packet.direction);
    }
    return;
  }
  DetectInput input;
  input.packet = &packet;
  input.flow = flow;
  input.direction = packet.direction;
  input.time = packet.time;
  if (flow != nullptr) {
    show(*flow, input.app);
    if (flow->app != nullptr && flow->app->frames(packet.direction) != nullptr) {
      input.frames = frames_of(&packet, *flow, packet.direction);
    }
    if (flow->tcp != nullptr) {
      const RawStreamView raw = tcp_.raw(*flow, packet.direction);
      const bool may =
          !packet.no_payload_inspection || (flow->app != nullptr && flow->app->payload_ended());
      input.stream = {raw.data, raw.offset, may && !raw.data.empty()};
      const NewestView newest = tcp_.newest(*flow, packet.direction, DetectInput::kBytesBefore);
      input.newest = {newest.data, newest.offset, newest.fresh};
      input.stream_version = tcp_.version(*flow, packet.direction);
    }
  }
  const bool inspected =
      !packet.no_inspection &&
      (!packet.verdict.is_drop() || packet.verdict.reason == DropReason::kTunnelPacket) &&
      (flow == nullptr || flow->verdict == FlowVerdict::kInspect);
  if (inspected) {
    detector_.inspect(input);
  } else {
    tell_not_inspected(packet, flow);
  }
  if (input.stream.present) {
    tcp_.set_raw_progress(*flow, packet.direction, input.stream.offset + input.stream.bytes.size());
  }
  events_.use_frames(input.frames);
  finish_packet(packet, flow, inspected ? detector_.alerts() : std::span<const Alert>{});
  if (flow != nullptr) settle_frames(input.frames, &packet, *flow, packet.direction);
}

/// After detection: events, and what is not needed any more.
void Worker::finish_packet(Packet& packet, Flow* flow, std::span<const Alert> alerts) {
  events_.on_packet(packet, flow, alerts);
  if (flow == nullptr) return;
  if (flow->app != nullptr) {
    events_.on_transactions(&packet, *flow, packet.direction);
    app_.collect(*flow);
  }
  bypass_if_asked(packet, *flow);
}

void Worker::tell_not_inspected(const Packet& packet, const Flow* flow) {
  if (options_.watch == nullptr) [[likely]]
    return;
  NotInspected why = NotInspected::kPacket;
  if (flow != nullptr && flow->verdict == FlowVerdict::kPass) why = NotInspected::kFlowPassed;
  if (flow != nullptr && flow->verdict == FlowVerdict::kDrop) why = NotInspected::kFlowDropped;
  if (flow != nullptr && flow->verdict == FlowVerdict::kBypass) why = NotInspected::kFlowBypassed;
  options_.watch->on_not_inspected(packet, flow, why);
}

/// The rest of the flow goes uninspected when a rule, the parser or the stream's depth says so.
void Worker::bypass_if_asked(const Packet& packet, Flow& flow) {
  if (flow.verdict == FlowVerdict::kDrop || packet.verdict.is_drop()) return;
  const bool asked = packet.verdict.bypass || flow.verdict == FlowVerdict::kBypass ||
                     (flow.app != nullptr && flow.app->wants_bypass()) ||
                     (flow.tcp != nullptr && flow.tcp->bypass);
  if (!asked) return;
  flow.verdict = FlowVerdict::kBypass;
  flows_.set_state(flow, FlowState::kBypassedLocal);
}

void Worker::settle(Packet& packet) {
  count_verdict(packet);
  if (packet.verdict.action == Action::kReject) answer_reject(packet);
}

void Worker::count_verdict(const Packet& packet) {
  if (!options_.inline_mode) return;
  const Verdict& verdict = packet.verdict;
  const bool rejected = verdict.action == Action::kReject;
  if (verdict.is_drop()) counters_.reasons[static_cast<std::size_t>(verdict.reason)].add();
  if (is_of_firewall(verdict.reason)) {
    (rejected ? counters_.firewall_rejected : counters_.firewall_blocked).add();
    return;
  }
  counters_.firewall_accepted.add();
  if (packet.modified) counters_.replaced.add();
  if (!verdict.is_drop()) {
    counters_.accepted.add();
  } else {
    (rejected ? counters_.rejected : counters_.blocked).add();
  }
}

void Worker::answer_reject(const Packet& packet) {
  const auto send = [&](RejectEnd end) {
    RejectBuffer buffer;
    const Bytes answer = make_reject_packet(packet, end, buffer);
    if (answer.empty()) return;
    (source_.send_to_origin(packet, answer) ? counters_.rejects_sent : counters_.rejects_failed)
        .add();
  };
  const RejectTargets targets = packet.verdict.reject;
  if (targets == RejectTargets::kSource || targets == RejectTargets::kBoth) {
    send(RejectEnd::kSource);
  }
  if (targets == RejectTargets::kDestination || targets == RejectTargets::kBoth) {
    send(RejectEnd::kDestination);
  }
}

void Worker::housekeeping(Timestamp now) {
  now_ = std::max(now_, now);
  flows_.expire(now_, kExpireBudget);
  defragmenter_.expire(now_);
  events_.on_turn(now_);
  if (store_ != nullptr) store_->on_turn();
}

void Worker::finish() {
  flows_.shutdown();
  events_.flush();
}

/// The packet ended what was spoken: what is known until now is inspected and written down before
/// the packet's own turn. Not inspected in firewall mode, where rules of the packet's hooks come
/// first.
void Worker::flush(Packet& packet, Flow& flow) {
  for (const Direction direction : {packet.direction, opposite(packet.direction)}) {
    // As in the reference it is as a packet where the protocol changes, and where SSH encrypts.
    const ProtocolSpec* const spec = flow.app->spec();
    const bool changes = (!flow.app->payload_ended() && !flow.app->wants_bypass()) ||
                         (spec != nullptr && spec->flushes_at_no_inspection);
    if (!options_.detect.firewall.enabled) inspect_rest(flow, direction, true, changes);
    if (flow.verdict != FlowVerdict::kDrop) {
      events_.on_transactions(nullptr, flow, direction, true);
    }
  }
  if (flow.app->take_payload_end()) {
    flow.no_payload_inspection = true;
    tcp_.keep_raw(flow);
  }
  if (flow.verdict == FlowVerdict::kDrop && !packet.verdict.is_drop()) {
    packet.verdict.drop(later_drop_reason(flow));
  }
}

/// What came with no packet: at the end of the flow, or, `flush`, where inspection ends before.
void Worker::inspect_rest(Flow& flow, Direction direction, bool flush, bool as_packet) {
  const bool has_more = flow.tcp != nullptr || flow.app != nullptr;
  if (!has_more) return;
  FrameView frames = frames_of(nullptr, flow, direction);
  if (flow.verdict != FlowVerdict::kInspect || !options_.has_rules) {
    settle_frames(frames, nullptr, flow, direction);
    return;
  }
  DetectInput input;
  input.flow = &flow;
  input.direction = direction;
  input.time = flow.last_seen;
  show(flow, input.app);
  input.flush = flush;
  input.as_packet = as_packet;
  input.frames = frames;
  input.stream_version = tcp_.version(flow, direction);
  events_.use_frames(input.frames);
  // The raw stream comes in as many pieces as gaps have cut it into. Inline it has been inspected
  // with the packets that brought it, and raw() would show the packet's surroundings again.
  const bool may =
      !flow.no_payload_inspection || (flow.app != nullptr && flow.app->payload_ended());
  const bool has_raw = flow.tcp != nullptr && may && !(flush && options_.inline_mode);
  if (has_raw && flush) tcp_.trigger_raw(flow, direction);
  std::uint64_t reached = 0;  // each turn but the last goes further
  do {
    input.stream = {};
    if (has_raw) {
      const RawStreamView raw = tcp_.raw(flow, direction);
      const std::uint64_t end = raw.offset + raw.data.size();
      if (!raw.data.empty() && end > reached) {
        input.stream = {raw.data, raw.offset, true};
        tcp_.set_raw_progress(flow, direction, end);
        reached = end;
      }
    }
    detector_.inspect(input);
    events_.on_flow_alerts(flow, direction, detector_.alerts(), flush);
    settle_frames(std::exchange(input.frames, {}), nullptr, flow, direction);
    input.as_packet = false;
  } while (input.stream.present);
}

bool Worker::starts_new_flow(const Packet& packet, const Flow& flow) {
  return tcp_.starts_new_flow(packet, flow);
}

void Worker::on_flow_end(Flow& flow) {
  const bool as_packet[2] = {tcp_.ends_as_packet(flow, Direction::kToServer),
                             tcp_.ends_as_packet(flow, Direction::kToClient)};
  // As in the reference each direction's end is as a packet: what the server's last bytes bring is
  // not there yet when the client's are inspected.
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    if (flow.tcp != nullptr) tcp_.finish_flow(flow, direction);
    if (flow.app != nullptr) app_.finish(flow, direction);
    inspect_rest(flow, direction, false, as_packet[index_of(direction)]);
    // What a dropped flow still held has not come to pass.
    if (flow.app != nullptr && flow.verdict != FlowVerdict::kDrop) {
      events_.on_transactions(nullptr, flow, direction);
    }
  }
  if (flow.app != nullptr) app_.collect(flow);
  events_.on_flow_end(flow);
  detector_.release(flow);
  if (flow.app != nullptr) app_.release(flow);
  if (flow.tcp != nullptr) tcp_.release(flow);
}

void Worker::on_transaction_end(Flow& flow, const ProtocolSpec& spec, Transaction& transaction) {
  files_.finish(transaction.files);
  events_.on_transaction_end(flow, spec, transaction);
  files_.release(transaction.files);
  if (transaction.detect != nullptr) detector_.release(transaction);
}

void Worker::append_counters(std::vector<NamedCounter>& out) const {
  source_.append_counters(out);
  culvert::append_counters(decode_counters_, kDecodeCounters, out);
  append_event_counters(decode_counters_, out);
  defrag_counters_.append(out);
  flow_counters_.append(out);
  stream_counters_.append(out);
  culvert::append_counters(detector_.counters(), kDetectCounters, out);
  app_.append_counters(out);
  culvert::append_counters(files_.counters(), kFileCounters, out);
  culvert::append_counters(files_.ranges().counters(), kFileRangeCounters, out);
  const bool firewall = options_.detect.firewall.enabled;
  if (firewall) culvert::append_counters(detector_.counters(), kFirewallDetectCounters, out);
  counters_.append(out, firewall);
}

}  // namespace culvert
