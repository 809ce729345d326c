// tag: packets that follow are logged too, as EVE `packet` records.
//
//     tag:session,10,packets      the flow's; also without count: all of them
//     tag:host,600,seconds,src    those of a host; metrics: packets, bytes, seconds
//
// The packet that made the rule match counts.
#include "detect/detect_state.h"
#include "detect/detector.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct Tag final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    constexpr std::size_t kMostTags = 32;
    if (context.state == nullptr) return true;
    TagProgress fresh = progress;
    fresh.begin = context.time;
    if (!host) {
      if (context.flow == nullptr) return true;
      auto& tags = context.state->of(*context.flow).tags;
      for (auto& [rule, tag] : tags) {
        if (rule != sid) continue;
        tag = fresh;
        return true;
      }
      if (tags.size() < kMostTags) tags.emplace_back(sid, fresh);
      return true;
    }
    if (context.packet == nullptr || !context.packet->is_ip()) return true;
    SharedKey key;
    key.a = destination ? context.packet->destination : context.packet->source;
    key.tenant = context.packet->tenant;
    context.state->shared.tags.with(key, context.time,
                                    [&](TagProgress& tag, bool) { tag = fresh; });
    return true;
  }
  bool host = false, destination = false;
  std::uint32_t sid = 0;
  TagProgress progress;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  auto tag = std::make_unique<Tag>();
  const auto parts = split_list(trim(argument));
  if (parts[0] == "host") {
    tag->host = true;
  } else if (parts[0] != "session") {
    return failure("tag is about a session or a host");
  }
  if (parts.size() == 2 || parts.size() > 4) {
    return failure("tag takes session or host, a count and packets, bytes or seconds");
  }
  if (parts.size() > 2) {
    const auto count = parse_unsigned(parts[1], 0xffffffffu);
    if (!count) return tl::unexpected(count.error());
    tag->progress.limit = static_cast<std::uint32_t>(*count);
    if (parts[2] == "packets") {
      tag->progress.metric = TagProgress::Metric::kPackets;
    } else if (parts[2] == "bytes") {
      tag->progress.metric = TagProgress::Metric::kBytes;
    } else if (parts[2] == "seconds") {
      tag->progress.metric = TagProgress::Metric::kSeconds;
    } else {
      return failure("tag counts packets, bytes or seconds");
    }
  }
  if (parts.size() == 4) {
    if (parts[3] != "src" && parts[3] != "dst") return failure("tag: the host is src or dst");
    if (!tag->host) {
      draft.warnings.push_back("tag: '" + std::string(parts[3]) + "' says nothing about a session");
    }
    tag->destination = parts[3] == "dst";
  }
  // Rules have one number for good; sessions that match again begin their count anew.
  tag->sid = ++draft.catalog.tags;
  ++draft.ip_only_posts;
  draft.add_post_match(std::move(tag));
  return {};
}

}  // namespace

const KeywordSpec keywords::kTag{"tag", "logs the packets that follow, of the session or host",
                                 KeywordArgument::kRequired, compile};

}  // namespace culvert
