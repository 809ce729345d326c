#include "insight/chain_account.h"

#include <fmt/format.h>

#include <algorithm>

#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "detect/rule_draft.h"
#include "insight/hex_excerpt.h"

namespace culvert {
namespace {

constexpr std::size_t kNotFound = SinglePatternMatcher::kNotFound;

std::string_view operator_text(ByteTestItem::Operator op) {
  constexpr std::string_view kTexts[] = {"<", ">", "=", "<=", ">=", "&", "^"};
  return kTexts[static_cast<std::size_t>(op)];
}

const NumberField* field_of(const InspectItem& item) {
  switch (item.kind) {
    case InspectKind::kByteTest:
      return &static_cast<const ByteTestItem&>(item).field;
    case InspectKind::kByteJump:
      return &static_cast<const ByteJumpItem&>(item).field;
    case InspectKind::kByteExtract:
      return &static_cast<const ByteExtractItem&>(item).field;
    case InspectKind::kByteMath:
      return &static_cast<const ByteMathItem&>(item).field;
    default:
      return nullptr;
  }
}

void tell_content(const ContentItem& item, const InspectBuffer& buffer,
                  const InspectTrace::Found& found, AccountStep& step) {
  const std::size_t size = item.bytes.size();
  const Bytes pattern(item.bytes);
  const std::string range = fmt::format("[{}, {})", found.begin, std::max(found.begin, found.end));
  if (found.at != kNotFound) {
    step.detail = fmt::format("{} offset {}", found.matched || item.negated ? "found at" : "at",
                              found.at);
    if (item.negated && !found.matched) step.detail += ", and it must not be there";
    if (!item.negated && !found.matched) {
      step.detail += fmt::format(", which does not end the buffer of {} bytes", buffer.bytes.size());
    }
    step.bytes = hex_excerpt(buffer.bytes, found.at, found.at + size);
    return;
  }
  if (found.matched) {
    step.detail = fmt::format("not in {}, as it should be", range);
    return;
  }
  if (buffer.bytes.empty()) {
    step.detail = "the buffer is empty";
    return;
  }
  const std::size_t anywhere = item.matcher->find(buffer.bytes);
  if (anywhere != kNotFound) {
    step.detail = fmt::format("not within {}: the buffer has it at offset {}", range, anywhere);
    step.bytes = hex_excerpt(buffer.bytes, anywhere, anywhere + size);
    return;
  }
  const auto begin = static_cast<std::size_t>(std::max<std::int64_t>(0, found.begin));
  const auto end = static_cast<std::size_t>(std::max<std::int64_t>(0, found.end));
  NearestPlace near = find_nearest(buffer.bytes, pattern, item.nocase, begin, end);
  if (near.equal * 2 < size && !near.other_case) {
    near = find_nearest(buffer.bytes, pattern, item.nocase, 0, buffer.bytes.size());
  }
  if (near.other_case) {
    step.detail = fmt::format("not found: offset {} has it in another case (nocase?)", near.at);
  } else if (near.equal >= 2 || near.equal * 2 >= size) {
    step.detail = fmt::format("not in {}; nearest: {} of {} bytes at offset {}", range, near.equal,
                              size, near.at);
  } else {
    step.detail = fmt::format("not in {}, nor anything like it", range);
    step.bytes = hex_excerpt(buffer.bytes, 0, 0);
    return;
  }
  step.bytes = hex_excerpt(buffer.bytes, near.at, near.at + size);
}

}  // namespace

void ChainAccount::before_step(std::size_t step, const InspectItem& item,
                               const InspectBuffer& buffer, const InspectState& state) {
  if (tries_.size() <= step) tries_.resize(step + 1);
  ++tries_[step];
  position_ = state.position;
  number_ = describe_before(item, buffer, state);
  mark_begin_ = mark_end_ = 0;
  if (const NumberField* const field = field_of(item); field != nullptr) {
    const auto value = read_field(*field, item.relative, buffer, state);
    if (value) {
      mark_end_ = value->end;
      mark_begin_ = value->end - static_cast<std::size_t>(state.value(field->count));
    }
  }
}

std::string ChainAccount::describe_before(const InspectItem& item, const InspectBuffer& buffer,
                                          const InspectState& state) const {
  if (item.kind == InspectKind::kIsDataAt) {
    const std::int64_t at = state.value(static_cast<const IsDataAtItem&>(item).at);
    return item.relative ? fmt::format("position {} + {} in a buffer of {} bytes", state.position,
                                       at, buffer.bytes.size())
                         : fmt::format("offset {} in a buffer of {} bytes", at, buffer.bytes.size());
  }
  if (item.kind == InspectKind::kBsize) {
    return fmt::format("the buffer has {} bytes", buffer.offset + buffer.bytes.size());
  }
  const NumberField* const field = field_of(item);
  if (field == nullptr) return {};
  const auto value = read_field(*field, item.relative, buffer, state);
  const std::int64_t begin = (item.relative ? static_cast<std::int64_t>(state.position) : 0) +
                             state.value(field->offset);
  if (!value) {
    return fmt::format("no number of {} bytes to read at offset {}: the buffer has {} bytes",
                       state.value(field->count), begin, buffer.bytes.size());
  }
  std::string text = fmt::format("{} bytes at offset {} are {} (0x{:x})", state.value(field->count),
                                 begin, value->value, value->value);
  if (item.kind == InspectKind::kByteTest) {
    const auto& test = static_cast<const ByteTestItem&>(item);
    text += fmt::format(", wanted {}{} {}", item.negated ? "not " : "", operator_text(test.op),
                        state.value(test.value));
  }
  return text;
}

void ChainAccount::after_step(std::size_t step, const InspectItem& item,
                              const InspectBuffer& buffer, const InspectState& state,
                              const Found& found) {
  AccountStep told;
  told.answer = found.matched ? AccountStep::Answer::kYes : AccountStep::Answer::kNo;
  told.depth = 1;
  switch (item.kind) {
    case InspectKind::kContent:
      tell_content(static_cast<const ContentItem&>(item), buffer, found, told);
      break;
    case InspectKind::kPcre:
      if (found.at != kNotFound) {
        told.detail = fmt::format("matches at offset {} to {}", found.at,
                                  found.matched ? state.position : found.at);
        told.bytes = hex_excerpt(buffer.bytes, found.at,
                                 found.matched ? state.position : found.at + 1);
      } else {
        told.detail = fmt::format("no match from offset {} on, in a buffer of {} bytes",
                                  found.begin, buffer.bytes.size());
        if (!found.matched) {
          const auto begin = static_cast<std::size_t>(found.begin);
          told.bytes = hex_excerpt(buffer.bytes, begin, begin);
        }
      }
      break;
    case InspectKind::kCustom:
      if (!found.matched) told.bytes = hex_excerpt(buffer.bytes, 0, 0);
      told.detail = fmt::format("buffer of {} bytes", buffer.bytes.size());
      break;
    default:
      told.detail = number_;
      if (mark_end_ > mark_begin_) told.bytes = hex_excerpt(buffer.bytes, mark_begin_, mark_end_);
      if (found.matched && item.kind == InspectKind::kByteJump) {
        told.detail += fmt::format("; the position is now {}", state.position);
      }
      if (found.matched && item.kind == InspectKind::kByteExtract) {
        const auto variable = static_cast<const ByteExtractItem&>(item).variable;
        told.detail +=
            fmt::format("; kept as {}", state.variables[static_cast<std::size_t>(variable)]);
      }
      if (found.matched && item.kind == InspectKind::kByteMath) {
        const auto variable = static_cast<const ByteMathItem&>(item).variable;
        told.detail +=
            fmt::format("; the result is {}", state.variables[static_cast<std::size_t>(variable)]);
      }
      break;
  }
  path_.resize(std::min(path_.size(), step));
  path_.push_back(std::move(told));
  const std::size_t matched = found.matched ? step + 1 : step;
  // A try that gets as far tells more when it also says where it stopped.
  if (matched > reached_ || (matched == reached_ && path_.size() > best_.size()) ||
      best_.empty()) {
    reached_ = std::max(reached_, matched);
    best_ = path_;
  }
}

void ChainAccount::append_to(std::vector<AccountStep>& steps, const InspectChain& chain,
                             const std::vector<std::string>& origins) const {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    AccountStep step;
    if (i < best_.size()) {
      step = best_[i];
      if (tries_[i] > 1) step.detail += fmt::format(" (tried {} times)", tries_[i]);
    } else {
      step.answer = AccountStep::Answer::kNotReached;
      step.depth = 1;
    }
    step.what = i < origins.size() ? origins[i] : fmt::format("step {}", i + 1);
    steps.push_back(std::move(step));
  }
}

std::string buffer_name(const DraftBuffer& buffer) {
  std::string name = "payload";
  if (buffer.kind == DraftBuffer::Kind::kPacketBuffer) name = buffer.packet_buffer->name;
  if (buffer.kind == DraftBuffer::Kind::kTransaction) name = buffer.name;
  if (buffer.kind == DraftBuffer::Kind::kFrame) name = "frame:" + buffer.name;
  for (const auto& transform : buffer.transforms) name += "; " + transform->key();
  return name;
}

}  // namespace culvert
