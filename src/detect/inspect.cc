#include "detect/inspect.h"

#include <algorithm>

#include "detect/detect_state.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "detect/keyword.h"

namespace culvert {
namespace {

/// What became of the rest of the chain from one step on.
enum class Outcome : std::uint8_t {
  kMatch,
  kRetry,   ///< no; another place for an earlier step may help
  kNever,   ///< no, wherever earlier steps match
};

/// Traced: tells each step. Otherwise `trace` is not looked at.
template <bool kTraced>
class Walk {
 public:
  Walk(const InspectChain& chain, const InspectBuffer& buffer, const MatchContext& context,
       InspectState& state, InspectTrace* trace)
      : chain_(chain), buffer_(buffer), context_(context), state_(state), trace_(trace) {}

  Outcome from(std::size_t step) {
    if (step == chain_.size()) return Outcome::kMatch;
    if (state_.recursions_left == 0) return Outcome::kNever;
    --state_.recursions_left;
    const InspectItem& item = *chain_[step];
    if constexpr (kTraced) trace_->before_step(step, item, buffer_, state_);
    switch (item.kind) {
      case InspectKind::kContent:
        return content(static_cast<const ContentItem&>(item), step);
      case InspectKind::kPcre:
        return pcre(static_cast<const PcreItem&>(item), step);
      case InspectKind::kIsDataAt:
        return then(is_data_at(static_cast<const IsDataAtItem&>(item)), step);
      case InspectKind::kBsize:
        return then(bsize(static_cast<const BsizeItem&>(item)), step);
      case InspectKind::kByteTest:
        return then(match_byte_test(static_cast<const ByteTestItem&>(item), buffer_, state_), step);
      case InspectKind::kByteJump:
        return then(match_byte_jump(static_cast<const ByteJumpItem&>(item), buffer_, state_), step);
      case InspectKind::kByteExtract:
        return then(match_byte_extract(static_cast<const ByteExtractItem&>(item), buffer_, state_),
                    step);
      case InspectKind::kByteMath:
        return then(match_byte_math(static_cast<const ByteMathItem&>(item), buffer_, state_), step);
      case InspectKind::kCustom:
        return then(static_cast<const CustomItem&>(item).match(context_, buffer_, state_), step);
    }
    return Outcome::kNever;
  }

 private:
  /// A failed step may match elsewhere; whether there is an elsewhere, earlier steps know.
  Outcome then(bool matched, std::size_t step) {
    tell(step, matched);
    return matched ? from(step + 1) : Outcome::kRetry;
  }

  /// What a step found: where it looked, and the place.
  void tell(std::size_t step, bool matched, std::int64_t begin = 0, std::int64_t end = -1,
            std::size_t at = SinglePatternMatcher::kNotFound) {
    if constexpr (kTraced) {
      const auto size = static_cast<std::int64_t>(buffer_.bytes.size());
      trace_->after_step(step, *chain_[step], buffer_, state_,
                         {matched, begin, end < 0 ? size : end, at});
    }
  }

  bool is_data_at(const IsDataAtItem& item) const {
    const std::int64_t at = state_.value(item.at);
    const auto size = static_cast<std::int64_t>(buffer_.bytes.size());
    const bool there = item.relative ? static_cast<std::int64_t>(state_.position) + at <= size
                                     : at < size;
    return there != item.negated;
  }

  bool bsize(const BsizeItem& item) const {
    const std::uint64_t value =
        item.variable < 0 ? item.a : state_.variables[static_cast<std::size_t>(item.variable)];
    return item.holds(buffer_.offset + buffer_.bytes.size(), value) != item.negated;
  }

  /// The stretch of the buffer in which a content has to lie whole.
  struct Range {
    std::int64_t begin, end;
  };
  Range range_of(const ContentItem& item) const {
    const auto size = static_cast<std::int64_t>(buffer_.bytes.size());
    const auto skipped = static_cast<std::int64_t>(buffer_.offset);
    Range range{0, size};
    if (item.is_relative()) {
      const auto position = static_cast<std::int64_t>(state_.position);
      const std::int64_t distance = item.has_distance ? state_.value(item.distance) : 0;
      range.begin = std::max<std::int64_t>(0, position + distance);
      if (item.has_within) range.end = position + distance + state_.value(item.within);
      if (item.has_offset) range.begin = std::max(range.begin, state_.value(item.offset));
      if (item.has_depth) {
        range.end = std::min(range.end, state_.value(item.offset) + state_.value(item.depth) - skipped);
      }
      // Where the end lies before the start of the buffer the reference looks at all of it.
      if (range.end < 0) range.end = size;
    } else {
      // As in the reference: of what is inspected in windows, `offset` counts from where the window
      // begins, and `depth` (so `startswith`) from where all of it does. A depth that ended before
      // the window is no match, negated or not.
      range.begin = std::max<std::int64_t>(0, state_.value(item.offset));
      if (item.has_depth) {
        range.end = state_.value(item.offset) + state_.value(item.depth) - skipped;
      }
    }
    range.end = std::min(range.end, size);
    return range;
  }

  /// A content that fails does so for good when nothing before it decides where it is looked for.
  static Outcome no(const ContentItem& item) {
    const bool depends = item.is_relative() || item.offset.variable >= 0 ||
                         item.depth.variable >= 0;
    return depends ? Outcome::kRetry : Outcome::kNever;
  }

  Outcome content(const ContentItem& item, std::size_t step) {
    const Range range = range_of(item);
    const std::int64_t size = static_cast<std::int64_t>(item.bytes.size());
    const std::size_t position = state_.position;
    if (range.end < 0) {
      tell(step, false, 0, 0);
      return no(item);
    }
    std::int64_t begin = range.begin;
    for (;;) {
      std::size_t found = SinglePatternMatcher::kNotFound;
      if (begin < range.end) {
        found = item.matcher->find(buffer_.bytes, static_cast<std::size_t>(begin),
                                   static_cast<std::size_t>(range.end));
      }
      if (found == SinglePatternMatcher::kNotFound) {
        tell(step, item.negated, range.begin, range.end);
        return item.negated ? from(step + 1) : no(item);
      }
      const std::int64_t at = static_cast<std::int64_t>(found);
      const auto buffer_size = static_cast<std::int64_t>(buffer_.bytes.size());
      if (item.negated) {
        // As in the reference, a negated content with endswith is about its first occurrence only,
        // and where the search began counts twice.
        const bool elsewhere = item.ends_with && at + size + range.begin != buffer_size;
        tell(step, elsewhere, range.begin, range.end, found);
        return elsewhere ? from(step + 1) : no(item);
      }
      if (!item.ends_with || (at + size == buffer_size && buffer_.end)) {
        state_.position = static_cast<std::size_t>(at + size);
        if (!item.replacement.empty()) state_.note_replacement(item, found);
        tell(step, true, range.begin, range.end, found);
        const Outcome rest = from(step + 1);
        if (rest != Outcome::kRetry) return rest;
        if (!item.next_is_relative || state_.recursions_left == 0) return rest;
        state_.position = position;
      } else {
        tell(step, false, range.begin, range.end, found);
      }
      begin = at + 1;
    }
  }

  Outcome pcre(const PcreItem& item, std::size_t step) {
    const Bytes bytes = item.relative ? buffer_.bytes.subspan(std::min(state_.position, buffer_.bytes.size()))
                                      : buffer_.bytes;
    const std::size_t base = buffer_.bytes.size() - bytes.size();
    const std::size_t position = state_.position;
    std::size_t start = 0;
    for (;;) {
      RegexScratch& scratch = *state_.regex;
      const RegexOutcome found = item.regex->match(bytes, start, scratch);
      if (found != RegexOutcome::kMatch) {
        tell(step, item.negated && found == RegexOutcome::kNoMatch, static_cast<std::int64_t>(base));
        if (item.negated && found == RegexOutcome::kNoMatch) return from(step + 1);
        return item.relative ? Outcome::kRetry : Outcome::kNever;
      }
      if (item.negated) {
        tell(step, false, static_cast<std::int64_t>(base), -1, base + scratch.match_begin());
        return item.relative ? Outcome::kRetry : Outcome::kNever;
      }
      for (const PcreItem::Capture& capture : item.captures) {
        const auto value = scratch.capture(capture.group);
        if (!value || context_.state == nullptr) continue;
        context_.state->note_capture(capture.is_packet_variable, capture.variable, *value);
      }
      const std::size_t next = scratch.match_begin() + 1;
      state_.position = base + scratch.match_end();
      tell(step, true, static_cast<std::int64_t>(base), -1, base + scratch.match_begin());
      const Outcome rest = from(step + 1);
      if (rest != Outcome::kRetry || !item.next_is_relative) return rest;
      if (state_.recursions_left == 0) return rest;
      state_.position = position;
      start = next;
      if (start > bytes.size()) return Outcome::kRetry;
    }
  }

  const InspectChain& chain_;
  const InspectBuffer& buffer_;
  const MatchContext& context_;
  InspectState& state_;
  InspectTrace* trace_;
};

}  // namespace

bool inspect_buffer(const InspectChain& chain, const InspectBuffer& buffer,
                    const MatchContext& context, InspectState& state) {
  state.position = 0;
  return Walk<false>(chain, buffer, context, state, nullptr).from(0) == Outcome::kMatch;
}

bool inspect_buffer_traced(const InspectChain& chain, const InspectBuffer& buffer,
                           const MatchContext& context, InspectState& state, InspectTrace& trace) {
  state.position = 0;
  return Walk<true>(chain, buffer, context, state, &trace).from(0) == Outcome::kMatch;
}

}  // namespace culvert
