// Walks the steps of a buffer's inspection. When a step that others are relative to matches at one
// place and the rest does not, the next place is tried: what matches anywhere is found, within
// `inspection-recursion-limit`.
//
//   content:"a"; content:"b"; within:1;   on "axab": "a" at 0, "b" not within 1; "a" at 2, "b" at 3.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "detect/inspect_item.h"
#include "match/regex.h"

namespace culvert {

class DetectState;

/// A worker's scratch for inspection.
struct InspectState {
  static constexpr std::size_t kMaxVariables = 64;
  std::array<std::uint64_t, kMaxVariables> variables{};  ///< of byte_extract and byte_math
  std::size_t position = 0;                              ///< where the last step ended
  std::uint32_t recursions_left = 0;
  RegexScratch* regex = nullptr;

  /// Where contents with `replace` were found, for when the whole rule matches.
  struct Replacement {
    const ContentItem* content;
    std::size_t at;
  };
  static constexpr std::size_t kMaxReplacements = 16;
  std::array<Replacement, kMaxReplacements> replacements{};
  std::size_t replacements_used = 0;
  void note_replacement(const ContentItem& content, std::size_t at) {
    std::size_t i = 0;
    while (i < replacements_used && replacements[i].content != &content) ++i;
    if (i == kMaxReplacements) return;
    replacements[i] = {&content, at};
    replacements_used = std::max(replacements_used, i + 1);
  }
  std::vector<std::byte> base64;  ///< what base64_decode made; keeps its memory

  std::int64_t value(const NumberOrVariable& wanted) const {
    return wanted.variable < 0
               ? wanted.number
               : static_cast<std::int64_t>(variables[static_cast<std::size_t>(wanted.variable)]);
  }
};

/// A regular expression step. Captures go to flow and packet variables.
struct PcreItem final : InspectItem {
  PcreItem() : InspectItem(InspectKind::kPcre) {}
  struct Capture {
    std::uint8_t group = 0;
    bool is_packet_variable = false;
    std::uint16_t variable = 0;
  };
  explicit PcreItem(std::shared_ptr<const Regex> compiled) : PcreItem() {
    regex = std::move(compiled);
  }
  std::shared_ptr<const Regex> regex;  ///< rules that write the same share it
  std::vector<Capture> captures;
  bool nocase = false;  ///< for reports
};

/// Whether the whole chain matches. REQUIRES: state.recursions_left and state.regex are set.
[[nodiscard]] bool inspect_buffer(const InspectChain& chain, const InspectBuffer& buffer,
                                  const MatchContext& context, InspectState& state);

/// Who wants to know each step (`culvert explain`, `culvert rules profile`). A step that is tried at
/// several places is told each time.
class InspectTrace {
 public:
  struct Found {
    bool matched = false;
    std::int64_t begin = 0, end = 0;  ///< content: where it had to lie; else the whole buffer
    std::size_t at = SinglePatternMatcher::kNotFound;  ///< content, pcre: where it was found
  };
  virtual ~InspectTrace() = default;
  virtual void before_step(std::size_t step, const InspectItem& item, const InspectBuffer& buffer,
                           const InspectState& state) = 0;
  /// `state.position` is where a step that matched ended.
  virtual void after_step(std::size_t step, const InspectItem& item, const InspectBuffer& buffer,
                          const InspectState& state, const Found& found) = 0;
};

/// The same walk, told. What it costs nobody else pays: it is compiled apart.
[[nodiscard]] bool inspect_buffer_traced(const InspectChain& chain, const InspectBuffer& buffer,
                                         const MatchContext& context, InspectState& state,
                                         InspectTrace& trace);

}  // namespace culvert
