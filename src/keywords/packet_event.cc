// decode-event, stream-event, engine-event: what decoding, TCP and defragmentation found odd about a
// packet. Names as in packet/packet_events.h: `decode-event:ipv4.pkt_too_small`,
// `stream-event:est_packet_out_of_window`.

#include "base/ascii_case.h"
#include "base/log.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "packet/packet_events.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct HasEvent final : Keyword {
  explicit HasEvent(PacketEvent e) : event(e) {}
  bool match(const MatchContext& context) const noexcept override {
    return context.packet != nullptr && context.packet->events.has(event);
  }
  const PacketEvent event;
};

Result<void> add(RuleBuilder& rule, const std::string& name, bool decoder) {
  const auto event = find_packet_event(name);
  if (!event) return failure("\"" + name + "\" is no such event");
  if (*event == PacketEvent::kUdpHlenInvalid) {
    // A datagram shorter than its packet is no fault: the rest is padding.
    log_warning("detect: decode-event keyword no longer supports event \"" + name + "\"");
  }
  RuleDraft& draft = draft_of(rule);
  draft.looks_at_flow_only = false;
  draft.is_decoder_event = decoder;
  draft.add_packet_match(std::make_unique<HasEvent>(*event));
  return {};
}

std::string name_in(std::string_view argument) { return ascii_lower(trim(argument)); }

Result<void> compile_decode(RuleBuilder& rule, std::string_view argument) {
  return add(rule, "decoder." + name_in(argument), true);
}

Result<void> compile_stream(RuleBuilder& rule, std::string_view argument) {
  return add(rule, "stream." + name_in(argument), false);
}

Result<void> compile_engine(RuleBuilder& rule, std::string_view argument) {
  const std::string name = name_in(argument);
  if (find_packet_event(name)) return add(rule, name, name.starts_with("decoder."));
  return compile_decode(rule, name);
}

}  // namespace

const KeywordSpec keywords::kDecodeEvent{"decode-event", "what the decoder found odd",
                               KeywordArgument::kRequired, compile_decode};
const KeywordSpec keywords::kStreamEvent{"stream-event", "what TCP tracking found odd",
                               KeywordArgument::kRequired, compile_stream};
const KeywordSpec keywords::kEngineEvent{"engine-event", "what the engine found odd",
                               KeywordArgument::kRequired, compile_engine};

}  // namespace culvert
