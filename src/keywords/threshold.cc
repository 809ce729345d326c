// threshold, detection_filter: how often a rule alerts.
//
//     threshold:type limit, track by_src, count 1, seconds 60
//     detection_filter:track by_dst, count 15, seconds 2

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

using Kind = ThresholdSpec::Kind;
using Track = ThresholdSpec::Track;

Result<ThresholdSpec> parse(std::string_view argument, bool has_type, std::string_view keyword) {
  ThresholdSpec spec;
  unsigned seen = has_type ? 0 : 1;
  bool has_multiplier = false;
  std::string_view text = trim(argument);
  const auto wrong = [&](std::string_view what) {
    return failure(std::string(keyword) + ": " + std::string(what));
  };
  for (const std::string_view part : split_list(text)) {
    const auto words = split_words(part);
    if (words.size() != 2) return wrong("parts are a name and a value");
    const std::string_view name = words[0], value = words[1];
    unsigned bit = 0;
    if (name == "type" && has_type) {
      bit = 1;
      constexpr std::pair<std::string_view, Kind> kKinds[] = {{"limit", Kind::kLimit},
                                                              {"threshold", Kind::kThreshold},
                                                              {"both", Kind::kBoth},
                                                              {"backoff", Kind::kBackoff}};
      bool known = false;
      for (const auto& [word, kind] : kKinds) {
        if (word != value) continue;
        spec.kind = kind;
        known = true;
      }
      if (!known) return wrong("type is limit, threshold, both or backoff");
    } else if (name == "track") {
      bit = 2;
      constexpr std::pair<std::string_view, Track> kTracks[] = {{"by_src", Track::kSource},
                                                                {"by_dst", Track::kDestination},
                                                                {"by_both", Track::kBoth},
                                                                {"by_rule", Track::kRule},
                                                                {"by_flow", Track::kFlow}};
      bool known = false;
      for (const auto& [word, track] : kTracks) {
        if (word != value) continue;
        spec.track = track;
        known = true;
      }
      if (!known) return wrong("track is by_src, by_dst, by_both, by_rule or by_flow");
    } else if (name == "count" || name == "seconds" || name == "multiplier") {
      const auto number = parse_unsigned(value, 0xffffffffu);
      if (!number || *number == 0) return wrong("numbers are greater than 0");
      bit = name == "count" ? 4 : name == "seconds" ? 8 : 16;
      if (name == "count") spec.count = static_cast<std::uint32_t>(*number);
      if (name == "seconds") spec.seconds = static_cast<std::uint32_t>(*number);
      if (name == "multiplier") spec.multiplier = static_cast<std::uint32_t>(*number);
      has_multiplier |= name == "multiplier";
    } else {
      return wrong("no part \"" + std::string(name) + "\"");
    }
    if ((seen & bit) != 0) return wrong("\"" + std::string(name) + "\" is there twice");
    seen |= bit;
  }
  if (!has_type) spec.kind = Kind::kDetectionFilter;
  const bool backoff = spec.kind == Kind::kBackoff;
  if ((seen & 7) != 7 || (backoff ? !has_multiplier : (seen & 8) == 0)) {
    return wrong("a part is missing");
  }
  if (backoff && spec.track != Track::kFlow) return wrong("backoff is for track by_flow");
  return spec;
}

Result<void> compile_threshold(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.threshold) return failure("threshold is there twice");
  if (draft.detection_filter) return failure("threshold cannot go with detection_filter");
  const auto spec = parse(argument, true, "threshold");
  if (!spec) return tl::unexpected(spec.error());
  draft.threshold = *spec;
  return {};
}

Result<void> compile_filter(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.detection_filter) return failure("detection_filter is there twice");
  if (draft.threshold) return failure("detection_filter cannot go with threshold");
  const auto spec = parse(argument, false, "detection_filter");
  if (!spec) return tl::unexpected(spec.error());
  draft.detection_filter = *spec;
  return {};
}

}  // namespace

const KeywordSpec keywords::kThreshold{"threshold", "how often the rule alerts", KeywordArgument::kRequired,
                             compile_threshold};
const KeywordSpec keywords::kDetectionFilter{"detection_filter", "alerts once it has matched often enough",
                                   KeywordArgument::kRequired, compile_filter};

}  // namespace culvert
