// Rules that are about transactions. Each direction of a transaction is looked at as it advances:
// buffers that have come into being are scanned for fast patterns, and the rules that this finds
// are held against it. A rule of which a part matched waits with the transaction for the rest.

#include <algorithm>

#include "detect/detector_impl.h"
#include "files/file.h"

namespace culvert {

const InspectBuffer* BufferCache::get(std::uint16_t index, const TransactionBuffer& source,
                                      const Flow& flow, const Transaction& transaction,
                                      std::uint32_t number) {
  constexpr std::uint32_t kMaxInstances = 4096;
  if ((number != 0 && !source.buffer->multi_instance) || number >= kMaxInstances) {
    return nullptr;
  }
  Slot& slot = slots_[index];
  if (slot.stamp != stamp_) {
    slot.stamp = stamp_;
    slot.known = slot.asked = 0;
    slot.complete = false;
  }
  while (slot.known <= number && !slot.complete && slot.asked < kMaxInstances) {
    if (slot.known == slot.instances.size()) {
      slot.instances.push_back(std::make_unique<Instance>());
    }
    Instance& instance = *slot.instances[slot.known];
    BufferExtent extent;
    const auto bytes = source.buffer->get(
        BufferRequest{flow, transaction, source.direction, slot.asked, instance.scratch, &extent});
    if (!bytes) {
      slot.complete = true;
      break;
    }
    ++slot.asked;
    if (extent.not_yet) {
      slot.complete = !source.buffer->multi_instance;
      continue;
    }
    InspectBuffer& buffer = instance.buffer;
    buffer = {*bytes, extent.offset, extent.offset == 0, extent.end, extent.stream_at};
    for (const auto& transform : source.transforms) {
      instance.spare.clear();
      if (!transform->apply(buffer.bytes, instance.spare)) instance.spare.clear();
      std::swap(instance.scratch, instance.spare);
      buffer = {instance.scratch, 0, true, true};
    }
    ++slot.known;
  }
  return number < slot.known ? &slot.instances[number]->buffer : nullptr;
}

TransactionDetectState& Detector::Impl::state_of(Transaction& transaction) {
  TransactionDetectState& kept = state.of(transaction);
  if (kept.generation != generation) {  // what the firewall said stays
    kept.entries.clear();
    kept.scanned[0] = kept.scanned[1] = 0;
    kept.generation = generation;
  }
  return kept;
}

void Detector::Impl::inspect_transactions() {
  const AppView& app = input->app;
  if (app.parser == nullptr || app.spec == nullptr || input->flow == nullptr) return;
  const std::size_t direction = index_of(input->direction);
  const RuleProgram::ByProtocol& rules =
      program->by_protocol[static_cast<std::size_t>(app.spec->proto)][direction];
  const std::uint8_t complete = app.spec->complete(input->direction);
  for (Transaction* const transaction : app.parser->transactions()) {
    if (transaction->inspected[direction]) continue;
    const bool has_candidates = !from_packet.sorted().empty();
    bool detects = rules.any && !transaction->skip_inspection[direction] &&
                   (transaction->updated[direction] || has_candidates);
    if (filters_app && transaction->updated[direction] &&
        !transaction->skip_inspection[direction]) {
      buffers.begin();
      context.transaction = transaction;
      detects = filter_transaction(*transaction) && detects;
      context.transaction = nullptr;
    }
    if (detects && !td_passed) inspect_transaction(*transaction, rules);
    if (transaction->updated[direction] && transaction->files[direction] != nullptr) {
      transaction->files[direction]->mark_inspected();
    }
    transaction->updated[direction] = false;
    if (transaction->progress[direction] >= complete) transaction->inspected[direction] = true;
  }
}

void Detector::Impl::inspect_transaction(Transaction& transaction,
                                         const RuleProgram::ByProtocol& rules) {
  counters.transactions_inspected.add();
  context.transaction = &transaction;
  const std::size_t direction = index_of(input->direction);
  const std::uint8_t progress = transaction.progress[direction];
  const std::uint8_t complete = input->app.spec->complete(input->direction);
  buffers.begin();
  last_body.matcher = nullptr;
  candidates.clear();
  candidates.add(from_packet.sorted());
  add_candidates(rules.without_pattern);
  std::uint64_t scanned =
      transaction.detect != nullptr && transaction.detect->generation == generation
          ? transaction.detect->scanned[direction]
          : 0;
  const std::uint64_t scanned_before = scanned;
  for (const auto& [index, due] : rules.buffers) {
    if (due > progress) break;
    const std::uint64_t bit = std::uint64_t{1} << std::min<unsigned>(due, 63);
    if ((scanned_before & bit) != 0) continue;
    const TransactionBuffer& buffer = *program->buffers[index];
    for (std::uint32_t i = 0;; ++i) {
      const InspectBuffer* const found = buffers.get(index, buffer, *input->flow, transaction, i);
      if (found == nullptr) break;
      if (buffer.buffer->in_stream) {
        scan_body(buffer, *found);
      } else {
        scan_value(index, buffer.prefilter, *found);
      }
    }
    if (progress > due) scanned |= bit;
  }
  FileList* const files = transaction.files[direction];
  const bool has_new_files = files != nullptr && files->begin_inspection();
  if (transaction.detect != nullptr) {
    for (auto& entry : state_of(transaction).entries) {
      if (has_new_files && program->all[entry.rule]->for_each_file) {
        entry.bits &= ~program->all[entry.rule]->file_bits;
        entry.done = false;
      }
      if (!entry.done && (entry.direction == 2 || entry.direction == direction)) {
        candidates.add(entry.rule);
      }
    }
  }
  each_rule(WatchStage::kTransactions, candidates.sorted(),
            [&](const CompiledRule& rule) { evaluate_transaction_rule(rule, transaction); });
  reconsider_bits(transaction);
  if (progress < complete && scanned != 0) state_of(transaction).scanned[direction] = scanned;
  context.transaction = nullptr;
}

/// A rule that tests flowbits may come, for its action, before the one that sets them: then it is
/// asked once more.
void Detector::Impl::reconsider_bits(Transaction& transaction) {
  if (transaction.detect == nullptr) return;
  const auto side = static_cast<std::uint8_t>(index_of(input->direction));
  std::uint32_t last_setter = 0;
  for (const std::uint32_t number : candidates.sorted()) {
    if (program->all[number]->flowbit_class > 1) continue;
    const auto* const entry = transaction.detect->find(number, side);
    if (entry != nullptr && entry->done) last_setter = number;
  }
  for (const std::uint32_t number : candidates.sorted()) {
    if (number >= last_setter) break;
    const std::uint8_t bits = program->all[number]->flowbit_class;
    if (bits == 1 || bits == 2) evaluate_transaction_rule(*program->all[number], transaction);
  }
}

bool Detector::Impl::check_matches(const TransactionCheck& check, const CompiledRule& rule,
                                   Transaction& transaction, bool& stream) {
  switch (check.kind) {
    case TransactionCheck::Kind::kHook:
      return true;
    case TransactionCheck::Kind::kKeyword:
      context.direction = check.direction;
      return check.keyword->match(context);
    case TransactionCheck::Kind::kPayload:
      return payload_matches(rule, stream);
    case TransactionCheck::Kind::kBuffer: {
      const TransactionBuffer& buffer = *program->buffers[check.buffer];
      for (std::uint32_t i = 0;; ++i) {
        const InspectBuffer* const found =
            buffers.get(check.buffer, buffer, *input->flow, transaction, i);
        if (found == nullptr) {
          // It is absent when it can come no more.
          return i == 0 && check.absent != DraftBuffer::Absent::kNo &&
                 transaction.progress[index_of(check.direction)] > check.progress;
        }
        if (check.absent == DraftBuffer::Absent::kOnly) return false;
        if (chain_matches(*check.chain, *found)) return true;
      }
    }
  }
  return false;
}

void Detector::Impl::evaluate_transaction_rule(const CompiledRule& rule, Transaction& transaction) {
  constexpr std::uint32_t kSharedBit = std::uint32_t{1} << 31;
  const std::size_t direction = index_of(input->direction);
  const auto side = rule.both_sides ? std::uint8_t{2} : static_cast<std::uint8_t>(direction);
  TransactionDetectState::Entry* entry =
      transaction.detect != nullptr && transaction.detect->generation == generation
          ? transaction.detect->find(rule.number, side)
          : nullptr;
  if (entry != nullptr && entry->done) return;
  const AppProto proto = input->app.spec->proto;
  if (entry == nullptr) {
    if ((rule.protos & proto_bit(proto)) == 0) return;
    if (!rule.both_sides && (!header_matches(rule) || !flow_matches(rule))) return;
    if (rule.both_sides && direction == 0 && !header_matches(rule)) return;
    if (!packet_matches(rule)) return;
  } else {
    state.forget_captures();
  }
  counters.rules_inspected.add();
  state.inspect.replacements_used = 0;
  std::uint32_t bits = entry != nullptr ? entry->bits : 0;
  const std::uint32_t bits_before = bits;
  bool stream = false, failed = false, waits = false, any = false;
  // A rule about a state and nothing else matches anew with all that comes while the state lasts.
  bool state_only = true, state_lasts = false;
  const auto go = [&](const std::vector<TransactionCheck>& checks) {
    for (const TransactionCheck& check : checks) {
      if (check.kind != TransactionCheck::Kind::kPayload && check.proto != proto) continue;
      any = true;
      state_only &= check.kind == TransactionCheck::Kind::kHook;
      state_lasts |= check.progress == transaction.progress[index_of(check.direction)];
      if ((bits & check.bit & ~kSharedBit) != 0) continue;
      if (check.progress > transaction.progress[index_of(check.direction)]) {
        waits = true;
        return;
      }
      if (!check_matches(check, rule, transaction, stream)) {
        failed = true;
        return;
      }
      bits |= check.bit;
    }
  };
  if (rule.both_sides) {
    go(rule.checks[0]);
    if (!failed) go(rule.checks[1]);
  } else {
    go(rule.checks[direction]);
  }
  context.direction = input->direction;
  const bool matches = any && !failed && !waits;
  const bool may_match_again = state_only && state_lasts;
  if ((bits != bits_before || matches) && !may_match_again) {
    TransactionDetectState& kept = state_of(transaction);
    if (entry == nullptr) {
      kept.entries.push_back({rule.number, 0, side, false});
      entry = &kept.entries.back();
    }
    entry->bits = bits;
    entry->done = matches;
  }
  if (matches) matched(rule, &transaction, stream);
}

}  // namespace culvert
