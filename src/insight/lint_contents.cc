// Contents of one buffer that exclude each other.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/ascii_case.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "insight/chain_account.h"
#include "insight/hex_excerpt.h"
#include "insight/lint_context.h"

namespace culvert {
namespace {

bool is_number(const NumberOrVariable& value) { return value.variable < 0; }

/// Where a content has to begin, when there is only one place.
std::optional<std::int64_t> fixed_place(const ContentItem& content) {
  if (content.negated || content.is_relative()) return std::nullopt;
  if (content.starts_with) return 0;
  if (!content.has_depth || !is_number(content.depth) || !is_number(content.offset)) return std::nullopt;
  if (content.depth.number != static_cast<std::int64_t>(content.bytes.size())) return std::nullopt;
  return content.offset.number;
}

bool bytes_agree(std::byte a, std::byte b, bool nocase) {
  if (a == b) return true;
  return nocase && ascii_lower(std::to_integer<std::uint8_t>(a)) == ascii_lower(std::to_integer<std::uint8_t>(b));
}

/// Two contents at fixed places want different bytes at the same place.
bool collide(const ContentItem& a, std::int64_t at_a, const ContentItem& b, std::int64_t at_b) {
  const std::int64_t begin = std::max(at_a, at_b);
  const std::int64_t end = std::min(at_a + static_cast<std::int64_t>(a.bytes.size()),
                                    at_b + static_cast<std::int64_t>(b.bytes.size()));
  for (std::int64_t i = begin; i < end; ++i) {
    if (!bytes_agree(a.bytes[static_cast<std::size_t>(i - at_a)],
                     b.bytes[static_cast<std::size_t>(i - at_b)], a.nocase || b.nocase)) {
      return true;
    }
  }
  return false;
}

bool ends_collide(const ContentItem& a, const ContentItem& b) {
  const std::size_t size = std::min(a.bytes.size(), b.bytes.size());
  for (std::size_t i = 1; i <= size; ++i) {
    if (!bytes_agree(a.bytes[a.bytes.size() - i], b.bytes[b.bytes.size() - i], a.nocase || b.nocase)) return true;
  }
  return false;
}

bool is_free(const ContentItem& content) {
  return !content.is_relative() && !content.has_offset && !content.has_depth && !content.starts_with &&
         !content.ends_with;
}

/// Whether every buffer that holds `wanted` holds `forbidden`, too.
bool includes(const ContentItem& wanted, const ContentItem& forbidden) {
  if (wanted.nocase && !forbidden.nocase) return false;
  const auto begin = wanted.bytes.begin();
  return std::search(begin, wanted.bytes.end(), forbidden.bytes.begin(), forbidden.bytes.end(),
                     [&](std::byte a, std::byte b) { return bytes_agree(a, b, forbidden.nocase); }) !=
         wanted.bytes.end();
}

std::string quoted(const ContentItem& content) { return "\"" + quote_content(content.bytes) + "\""; }

class ChainLint {
 public:
  ChainLint(LintContext& context, const LintRule& rule, const DraftBuffer& buffer)
      : context_(context), rule_(rule), buffer_(buffer) {
    for (const auto& step : buffer.chain) {
      if (step->kind == InspectKind::kContent) contents_.push_back(static_cast<const ContentItem*>(step.get()));
    }
  }

  void run() {
    pairs();
    end_of_buffer();
    lengths();
  }

 private:
  void tell(std::string why, std::string remedy) {
    context_.add("contradiction", LintSeverity::kError, rule_,
                 buffer_name(buffer_) + ": " + std::move(why) + ": the rule never matches", std::move(remedy));
  }

  void pairs() {
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      for (std::size_t j = i + 1; j < contents_.size(); ++j) {
        const ContentItem& a = *contents_[i];
        const ContentItem& b = *contents_[j];
        const auto at_a = fixed_place(a), at_b = fixed_place(b);
        if (at_a && at_b && collide(a, *at_a, b, *at_b)) {
          tell(fmt::format("{} at offset {} and {} at offset {} want different bytes at the same place", quoted(a),
                           *at_a, quoted(b), *at_b),
               "mend one of the positions");
          return;  // one of them says enough
        }
        if (a.ends_with && b.ends_with && !a.negated && !b.negated && ends_collide(a, b)) {
          tell(fmt::format("it cannot end with both {} and {}", quoted(a), quoted(b)), "take one endswith away");
        }
        if (a.negated != b.negated) {
          const ContentItem& wanted = a.negated ? b : a;
          const ContentItem& forbidden = a.negated ? a : b;
          if (is_free(forbidden) && includes(wanted, forbidden)) {
            tell(fmt::format("{} is wanted, and {}, which is in it, must not be there", quoted(wanted), quoted(forbidden)),
                 "give the negated content a position (distance, within, offset), or take it away");
          }
        }
      }
    }
  }

  /// `endswith`, or `isdataat:!1,relative`, with something after it.
  void end_of_buffer() {
    const auto& chain = buffer_.chain;
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
      bool no_more_data = false;
      if (chain[i]->kind == InspectKind::kIsDataAt && chain[i]->negated && chain[i]->relative) {
        const NumberOrVariable& at = static_cast<const IsDataAtItem&>(*chain[i]).at;
        no_more_data = is_number(at) && at.number <= 1;
      }
      const bool at_end = chain[i]->kind == InspectKind::kContent && !chain[i]->negated &&
                          static_cast<const ContentItem&>(*chain[i]).ends_with;
      if (!no_more_data && !at_end) continue;
      const auto& next = *chain[i + 1];
      if (next.kind != InspectKind::kContent || next.negated) continue;
      const auto& content = static_cast<const ContentItem&>(next);
      const bool behind = content.is_relative() && (!content.has_distance || (is_number(content.distance) && content.distance.number >= 0));
      if (behind) tell(fmt::format("the buffer has to end there, and {} is to follow", quoted(content)), "take one of them away");
    }
  }

  /// What a relative chain needs at least, against bsize and dsize.
  void lengths() {
    std::int64_t needed = 0, longest = 0;
    for (const ContentItem* content : contents_) {
      if (content->negated) continue;
      const auto size = static_cast<std::int64_t>(content->bytes.size());
      std::int64_t begin = 0;
      if (content->is_relative()) {
        const std::int64_t distance = content->has_distance && is_number(content->distance) ? content->distance.number : 0;
        begin = std::max<std::int64_t>(0, needed + (content->has_distance && !is_number(content->distance) ? -needed : distance));
      } else if (content->has_offset && is_number(content->offset)) {
        begin = content->offset.number;
      }
      needed = begin + size;
      longest = std::max(longest, needed);
    }
    for (const auto& step : buffer_.chain) {
      if (step->kind != InspectKind::kBsize || step->negated) continue;
      const auto& bsize = static_cast<const BsizeItem&>(*step);
      if (bsize.variable >= 0) continue;
      std::int64_t most = -1;
      using Operator = BsizeItem::Operator;
      if (bsize.op == Operator::kEqual || bsize.op == Operator::kLessEqual) most = static_cast<std::int64_t>(bsize.a);
      if (bsize.op == Operator::kLess) most = static_cast<std::int64_t>(bsize.a) - 1;
      if (bsize.op == Operator::kInside) most = static_cast<std::int64_t>(bsize.b) - 1;
      if (most >= 0 && longest > most) {
        tell(fmt::format("the contents need {} bytes in a row, and bsize allows {}", longest, most), "mend bsize");
      }
    }
  }

  LintContext& context_;
  const LintRule& rule_;
  const DraftBuffer& buffer_;
  std::vector<const ContentItem*> contents_;
};

}  // namespace

void lint_contradictions(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    for (const DraftBuffer& buffer : each.rule->buffers) ChainLint(context, each, buffer).run();
  }
}

}  // namespace culvert
