// The steps of which the inspection of one buffer consists: content, pcre, isdataat, byte_* and so
// on, in the order of the rule. A step looks at the buffer from the position where the one before
// it ended ("relative"), or from its start. inspect.h walks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "match/single_pattern_matcher.h"

namespace culvert {

struct MatchContext;
struct InspectState;

/// One buffer as inspection sees it. For a buffer that arrives in pieces, `offset` is the position
/// of bytes[0] in the whole, and `start`/`end` say whether its ends are in sight.
struct InspectBuffer {
  Bytes bytes;
  std::uint64_t offset = 0;
  bool start = true;
  bool end = true;
  /// Where in the direction's stream the same bytes are; BufferExtent::kNowhere: not in one piece.
  std::uint64_t stream_at = ~std::uint64_t{0};
};

/// A number of a step: given in the rule, or the result of a byte_extract or byte_math before it.
struct NumberOrVariable {
  std::int64_t number = 0;
  std::int16_t variable = -1;  ///< index into InspectState::variables; -1: `number`
};

enum class InspectKind : std::uint8_t {
  kContent,
  kPcre,
  kIsDataAt,
  kBsize,
  kByteTest,
  kByteJump,
  kByteExtract,
  kByteMath,
  kCustom,  ///< CustomItem: any other keyword that looks at a buffer
};

/// Immutable once the rule is compiled.
struct InspectItem {
  explicit InspectItem(InspectKind k) : kind(k) {}
  virtual ~InspectItem() = default;

  InspectKind kind;
  std::string_view keyword = {};  ///< its name in the list, for reports
  bool negated = false;
  bool relative = false;  ///< begins where the step before it ended
  bool next_is_relative =
      false;  ///< a later step depends on where this one matched: try all places
};

/// How a rule wants its fast pattern.
struct FastPatternWish {
  bool wanted = false;
  bool only = false;
  std::uint16_t chop_offset = 0, chop_length = 0;  ///< length 0: whole
};

struct ContentItem final : InspectItem {
  ContentItem() : InspectItem(InspectKind::kContent) {}

  std::vector<std::byte> bytes;
  bool nocase = false;
  bool rawbytes = false;
  bool starts_with = false, ends_with = false;
  bool has_offset = false, has_depth = false, has_distance = false, has_within = false;
  NumberOrVariable offset, depth, distance, within;  ///< as written: depth counts from the offset
  FastPatternWish fast_pattern;
  bool is_fast_pattern = false;    ///< chosen as the rule's
  bool prefilter_decides = false;  ///< the prefilter's hit says all that this step does: skip it
  std::vector<std::byte> replacement;
  std::optional<SinglePatternMatcher> matcher;  ///< made when the rule is complete

  bool is_relative() const { return has_distance || has_within; }
};

/// A keyword outside this file that looks at a buffer: dataset, datarep, lua, entropy, base64 ...
struct CustomItem : InspectItem {
  CustomItem() : InspectItem(InspectKind::kCustom) {}
  /// Whether it matches. May move `state.position`. `negated` is the keyword's own business.
  [[nodiscard]] virtual bool match(const MatchContext& context, const InspectBuffer& buffer,
                                   InspectState& state) const noexcept = 0;
};

using InspectChain = std::vector<std::unique_ptr<InspectItem>>;

}  // namespace culvert
