#include "detect/detector.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/hash.h"
#include "detect/detector_impl.h"
#include "files/file.h"

namespace culvert {
namespace {

constexpr CounterSpec<DetectCounters> kTable[] = {
    {"detect.alert", "alerts made", &DetectCounters::alerts},
    {"detect.alert_queue_overflow", "alerts lost to packet-alert-max",
     &DetectCounters::alerts_dropped_queue_full},
    {"detect.alerts_suppressed", "alerts withheld by thresholds and suppressions",
     &DetectCounters::alerts_suppressed},
    {"detect.rules_inspected", "rules held against a packet or transaction",
     &DetectCounters::rules_inspected},
    {"detect.recursion_limit", "inspections that ended at inspection-recursion-limit",
     &DetectCounters::recursion_limit},
    {"detect.transactions_inspected", "transactions looked at, once for each advance",
     &DetectCounters::transactions_inspected},
};

constexpr CounterSpec<DetectCounters> kFirewallTable[] = {
    {"firewall.discarded_alerts", "alerts of firewall rules lost to packet-alert-max",
     &DetectCounters::firewall_discarded_alerts},
};

}  // namespace

const std::span<const CounterSpec<DetectCounters>> kDetectCounters = kTable;
const std::span<const CounterSpec<DetectCounters>> kFirewallDetectCounters = kFirewallTable;

std::span<const std::uint32_t> Candidates::sorted() {
  if (!std::ranges::is_sorted(list_)) std::ranges::sort(list_);
  return list_;
}

Detector::Impl::Impl(const DetectOptions& wanted, DetectShared* shared_by_workers)
    : options(wanted),
      own_shared(shared_by_workers == nullptr ? std::make_unique<DetectShared>() : nullptr),
      shared(shared_by_workers == nullptr ? *own_shared : *shared_by_workers),
      state(wanted.pcre_match_limit, wanted.pcre_match_limit_recursion, shared),
      recent_scans(random_seed()) {
  context.state = &state;
  queue.reserve(options.packet_alert_max + std::size_t{1});
  output.reserve(options.packet_alert_max + std::size_t{1});
}

void Detector::Impl::use(std::shared_ptr<const RuleSet> rules) {
  held = std::move(rules);
  program = static_cast<const RuleProgram*>(held.get());
  ++generation;
  queue.clear();
  output.clear();
  if (program == nullptr) return;
  candidates.resize(program->all.size());
  from_packet.resize(program->all.size());
  buffers.resize(program->buffers.size());
  recent_scans.reset(program->buffers.size());
  const auto prepare = [&](const Prefilter& prefilter) {
    if (!prefilter.empty()) static_cast<void>(scratch.prepare(*prefilter.matcher));
  };
  for (const auto& both : program->payload) {
    for (const PayloadIndex& index : both) {
      for (const PayloadPart& part : index.parts()) {
        prepare(part.packet);
        prepare(part.stream);
      }
    }
  }
  std::size_t most_in_body = 0;
  for (const auto& buffer : program->buffers) {
    if (buffer->buffer->in_stream) {
      most_in_body = std::max(most_in_body, buffer->prefilter.matcher->size());
    }
  }
  last_body.found.reserve(most_in_body);
  for (const auto& buffer : program->buffers) prepare(buffer->prefilter);
  for (const auto& buffer : program->frames) prepare(buffer->prefilter);
}

void Detector::Impl::begin(const DetectInput& in) {
  input = &in;
  state.input = &in;
  state.clear_packet();
  context.packet = in.packet;
  context.flow = in.flow;
  context.transaction = nullptr;
  context.direction = in.direction;
  context.time = in.time;
  prepare_header();
}

/// Nothing of the flow is inspected any more: its transactions do not wait for that.
void Detector::Impl::pass_over_transactions(const DetectInput& in) {
  if (in.app.parser == nullptr || in.app.spec == nullptr) return;
  const std::size_t direction = index_of(in.direction);
  const std::uint8_t complete = in.app.spec->complete(in.direction);
  for (Transaction* const transaction : in.app.parser->transactions()) {
    if (FileList* const files = transaction->files[direction]) files->mark_inspected();
    transaction->updated[direction] = false;
    if (transaction->progress[direction] >= complete) transaction->inspected[direction] = true;
  }
}

void Detector::Impl::inspect(const DetectInput& in) {
  queue.clear();
  output.clear();
  discarded = 0;
  tagged = false;
  if (program == nullptr || (program->all.empty() && !options.firewall.enabled)) return;
  if (in.packet == nullptr && in.flow == nullptr) return;
  if (in.flow != nullptr &&
      (in.flow->verdict == FlowVerdict::kPass || in.flow->action == Action::kDrop)) {
    pass_over_transactions(in);
    return;
  }
  begin(in);
  if (watch != nullptr) [[unlikely]]
    watch->begin_inspect(*this);
  alert_stage = 0;
  filters_app = td_passed = false;
  if (options.firewall.enabled) filter_packet();
  alert_stage = 1;
  from_packet.clear();
  if (!td_passed) {
    if (in.packet != nullptr && !in.packet->events.empty()) inspect_decoder_events();
    if (in.packet != nullptr) inspect_first_packet();
    inspect_protocol_rules();
    inspect_packet_rules();
    inspect_frames();
  }
  alert_stage = 2;
  inspect_transactions();
  tagged = in.packet != nullptr && packet_is_tagged();
  if (state.mark_mask != 0) {
    in.packet->verdict.mark = state.mark;
    in.packet->verdict.mark_mask = state.mark_mask;
  }
  if (!queue.empty()) finish();
  if (watch != nullptr) [[unlikely]]
    watch->end_inspect(*this);
}

bool Detector::Impl::packet_is_tagged() {
  const Packet& packet = *input->packet;
  bool found = false;
  if (input->flow != nullptr && input->flow->detect != nullptr) {
    auto& tags = input->flow->detect->tags;
    std::erase_if(tags, [&](auto& tag) {
      const bool stays = tag.second.take(packet.wire_length, packet.time);
      found |= stays;
      return !stays;
    });
  }
  if (shared.tags.empty() || !packet.is_ip()) return found;
  for (const IpAddress& address : {packet.source, packet.destination}) {
    SharedKey key;
    key.a = address;
    key.tenant = packet.tenant;
    shared.tags.find(key, [&](TagProgress& tag) {
      const bool stays = tag.take(packet.wire_length, packet.time);
      found |= stays;
      return stays;
    });
  }
  return found;
}

Detector::Detector(const DetectOptions& options, DetectShared* shared)
    : impl_(std::make_unique<Impl>(options, shared)) {}
Detector::~Detector() = default;

void Detector::use(std::shared_ptr<const RuleSet> rules) { impl_->use(std::move(rules)); }
const std::shared_ptr<const RuleSet>& Detector::rules() const { return impl_->held; }
void Detector::inspect(const DetectInput& input) { impl_->inspect(input); }
void Detector::inspect_pre_flow(const DetectInput& input) {
  impl_->inspect_hook(PacketHook::kPreFlow, input);
}
void Detector::inspect_pre_stream(const DetectInput& input) {
  impl_->inspect_hook(PacketHook::kPreStream, input);
}
std::span<const Alert> Detector::alerts() const { return impl_->output; }
bool Detector::packet_is_tagged() const { return impl_->tagged; }
std::uint32_t Detector::discarded_alerts() const { return impl_->discarded; }
void Detector::release(Flow& flow) { impl_->state.release(flow); }
void Detector::release(Transaction& transaction) { impl_->state.release(transaction); }
const DetectCounters& Detector::counters() const { return impl_->counters; }
void Detector::watch(DetectWatch* watch) { impl_->watch = watch; }

bool Detector::has_variables(const Flow& flow) const {
  return flow.detect != nullptr || !impl_->state.packet_values().empty();
}

void Detector::flow_variables(
    const Flow& flow, std::vector<std::string_view>& flowbits,
    std::vector<std::pair<std::string_view, std::uint32_t>>& flowints) const {
  flowbits.clear();
  flowints.clear();
  if (flow.detect == nullptr || impl_->program == nullptr) return;
  const VariableNames& names = impl_->program->names;
  const std::vector<std::uint64_t>& bits = flow.detect->bits;
  for (std::size_t word = 0; word < bits.size(); ++word) {
    for (std::uint64_t left = bits[word]; left != 0; left &= left - 1) {
      const std::size_t id = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      const auto name = names.name(VariableKind::kFlowbit, static_cast<std::uint16_t>(id));
      if (!name.empty()) flowbits.push_back(name);
    }
  }
  for (const auto& [id, value] : flow.detect->ints) {
    flowints.emplace_back(names.name(VariableKind::kFlowint, id), value);
  }
}

void Detector::captures(const Flow& flow, std::vector<Captured>& out) const {
  if (flow.detect == nullptr || impl_->program == nullptr) return;
  const std::span values = std::span(flow.detect->values).first(flow.detect->used_values);
  for (const auto& [id, value] : values) {
    out.push_back({impl_->program->names.name(VariableKind::kFlowvar, id), value});
  }
}

void Detector::captures(const Packet& packet, std::vector<Captured>& out) const {
  const MatchContext& last = impl_->context;
  if (impl_->program == nullptr || last.packet != &packet || last.time != packet.time) return;
  for (const DetectState::Value& value : impl_->state.packet_values()) {
    out.push_back({impl_->program->names.name(VariableKind::kPktvar, value.variable), value.bytes});
  }
}

void Detector::flow_entropies(const Flow& flow,
                              std::vector<std::pair<std::string_view, double>>& entropies) const {
  entropies.clear();
  if (flow.detect == nullptr || impl_->program == nullptr) return;
  for (const auto& [id, value] : flow.detect->entropies) {
    entropies.emplace_back(impl_->program->names.name(VariableKind::kEntropy, id), value);
  }
}

}  // namespace culvert
