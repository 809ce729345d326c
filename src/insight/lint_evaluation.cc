// How rules are found and evaluated: first packets, fast patterns, pcre.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "insight/hex_excerpt.h"
#include "insight/lint_context.h"

namespace culvert {
namespace {

bool is_ip_only(const CompiledRule& rule) {
  return rule.type == RuleType::kIpOnly || rule.type == RuleType::kLikeIpOnly;
}

bool decides(const CompiledRule& rule) {
  return rule.meta.is_pass || rule.meta.action != Action::kAccept;
}

std::string action_name(const CompiledRule& rule) {
  if (rule.meta.is_pass) return "pass";
  if (rule.meta.action == Action::kDrop) return "drop";
  if (rule.meta.action == Action::kReject) return "reject";
  return "alert";
}

bool all_negated(const CompiledRule& rule) {
  bool any = false;
  for (const DraftBuffer& buffer : rule.buffers) {
    for (const auto& step : buffer.chain) {
      if (step->kind != InspectKind::kContent && step->kind != InspectKind::kPcre) return false;
      if (!step->negated) return false;
      any = true;
    }
  }
  return any;
}

bool has_content(const CompiledRule& rule) {
  for (const DraftBuffer& buffer : rule.buffers) {
    for (const auto& step : buffer.chain) {
      if (step->kind == InspectKind::kContent && !step->negated) return true;
    }
  }
  return false;
}

bool has_pcre(const CompiledRule& rule) {
  for (const DraftBuffer& buffer : rule.buffers) {
    for (const auto& step : buffer.chain) {
      if (step->kind == InspectKind::kPcre) return true;
    }
  }
  return false;
}

/// In every other packet of its protocol.
constexpr std::string_view kCommon[] = {
    "GET ",     "POST ",   "HTTP/1.", "HTTP/1.1", "HTTP/1.0", "Host: ",     "User-Agent: ", "Mozilla/5.0",
    "Content-", "Accept",  "Cookie",  "http://",  "https://", "www.",       ".com",         "\r\n\r\n",
    ".php",     ".html",   "index",   "text/html", "200 OK",  "Mozilla/4.0", "Connection: ", "keep-alive"};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool is_common(const ContentItem& content) {
  const std::string_view text = as_text(content.bytes);
  const bool known = std::ranges::any_of(kCommon, [&](std::string_view each) {
    return content.nocase ? same_ignoring_case(text, each) : text == each;
  });
  const bool one_byte = std::ranges::all_of(content.bytes, [&](std::byte b) { return b == content.bytes.front(); });
  return known || one_byte;
}

/// The longest content that could be the fast pattern instead.
const ContentItem* find_better(const CompiledRule& rule) {
  const ContentItem* best = nullptr;
  for (const DraftBuffer& buffer : rule.buffers) {
    if (buffer.kind == DraftBuffer::Kind::kPacketBuffer) continue;
    for (const auto& step : buffer.chain) {
      if (step->kind != InspectKind::kContent || step->negated) continue;
      const auto& content = static_cast<const ContentItem&>(*step);
      if (&content == rule.fast_pattern || is_common(content)) continue;
      if (best == nullptr || content.bytes.size() > best->bytes.size()) best = &content;
    }
  }
  return best;
}

/// A repeat of a group that ends in a repeat: `(a+)+`, `(.*)*`.
bool backtracks(std::string_view pattern) {
  for (std::size_t i = 1; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != ')' || (pattern[i + 1] != '*' && pattern[i + 1] != '+')) continue;
    const bool escaped = pattern[i - 1] == '\\' && (i < 2 || pattern[i - 2] != '\\');
    if (!escaped && (pattern[i - 1] == '*' || pattern[i - 1] == '+') && (i < 2 || pattern[i - 2] != '\\')) return true;
  }
  return pattern.find(".*.*") != pattern.npos;
}

}  // namespace

void lint_ip_only(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || !is_ip_only(*each.rule)) continue;
    const std::string action = action_name(*each.rule);
    if (!decides(*each.rule)) {
      context.add("ip-only", LintSeverity::kNote, each,
                  "the rule has only addresses and ports: it is evaluated on the first packet of each "
                  "direction of a flow, once",
                  "nothing, if one alert a flow is what you want; add flow:established to wait for the "
                  "handshake");
      continue;
    }
    context.add(
        "ip-only", LintSeverity::kWarning, each,
        fmt::format("\"{}\" is decided on the first packet of a flow (for TCP the SYN) and covers the whole "
                    "flow: rules that look at the application layer never get to see it",
                    action),
        fmt::format("add flow:established{} so that it is decided when the protocol is known, or name the "
                    "application protocol in the header",
                    each.rule->meta.is_pass ? "" : ",to_server"));
  }
}

void lint_fast_pattern(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || each.rule->buffers.empty()) continue;
    const CompiledRule& rule = *each.rule;
    if (all_negated(rule)) {
      context.add("fast-pattern", LintSeverity::kWarning, each,
                  "all contents are negated: nothing can find the rule, so it is evaluated for every packet or "
                  "transaction of its header",
                  "add a content that is there when the rule should match");
      continue;
    }
    if (rule.fast_pattern == nullptr) {
      if (has_pcre(rule) && !has_content(rule)) continue;  // told by the check of pcre
      context.add("fast-pattern", LintSeverity::kWarning, each,
                  "no content can serve as fast pattern: the rule is evaluated for every packet or transaction "
                  "of its header",
                  "add a content of four or more bytes that every match has");
      continue;
    }
    const ContentItem& pattern = *rule.fast_pattern;
    const std::size_t size = pattern.fast_pattern.chop_length != 0 ? pattern.fast_pattern.chop_length : pattern.bytes.size();
    const bool is_short = size < 4;
    const bool in_payload = rule.buffers[static_cast<std::size_t>(rule.fast_pattern_buffer)].kind == DraftBuffer::Kind::kPayload;
    if (!(is_short && in_payload) && !(is_short && size < 3) && !(in_payload && is_common(pattern))) continue;
    const ContentItem* const better = find_better(rule);
    std::string remedy = "add a longer content that every match has";
    const bool has_better = better != nullptr && better->bytes.size() > size;
    if (has_better) {
      remedy = fmt::format("put fast_pattern behind content:\"{}\"", quote_content(better->bytes));
      if (pattern.fast_pattern.wanted) remedy = "take fast_pattern away here, and " + remedy;
    }
    context.add("fast-pattern", has_better || pattern.fast_pattern.wanted ? LintSeverity::kWarning : LintSeverity::kNote, each,
                fmt::format("the fast pattern \"{}\" {}", quote_content(pattern.bytes),
                            is_short ? fmt::format("has {} byte{}: it is found in most traffic", size, size == 1 ? "" : "s")
                                     : std::string("is in most traffic of the protocol")),
                std::move(remedy));
  }
}

void lint_pcre(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    if (has_pcre(*each.rule) && !has_content(*each.rule)) {
      context.add("pcre", LintSeverity::kWarning, each,
                  "pcre without content: the expression runs on every packet or transaction of the header",
                  "add a content with fixed bytes that the expression needs");
    }
    for (const RuleOption& option : each.ast->options) {
      if (option.name != "pcre") continue;
      std::string_view text = option.value;
      const std::size_t begin = text.find('/');
      const std::size_t end = text.rfind('/');
      if (begin == text.npos || end <= begin) continue;
      const std::string_view pattern = text.substr(begin + 1, end - begin - 1);
      if (backtracks(pattern)) {
        context.add("pcre", LintSeverity::kWarning, each,
                    fmt::format("pcre \"{}\" repeats a repeat: hostile traffic can make it run to its limit, and "
                                "then it counts as no match",
                                pattern),
                    "write it with possessive quantifiers ([^x]++) or classes instead of \".*\"");
      } else if (pattern.size() > 1 && pattern.find_first_of("\\^$.[|()?*+{") == pattern.npos) {
        context.add("pcre", LintSeverity::kNote, each,
                    fmt::format("pcre \"{}\" is a plain string", pattern),
                    fmt::format("content:\"{}\";", pattern));
      }
    }
  }
}

void lint_unconditional(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    const CompiledRule& rule = *each.rule;
    const RuleHeader& header = rule.header;
    const bool everywhere = header.source == 0xffff && header.destination == 0xffff &&
                            header.source_ports == 0xffff && header.destination_ports == 0xffff;
    const bool bare = rule.buffers.empty() && rule.packet_matches.empty() && rule.transaction_matches.empty() &&
                      !rule.needs_flow && !rule.needs_protos && rule.type != RuleType::kDecoderEvent;
    if (!everywhere || !bare || header.layer == RuleHeader::Layer::kArp) continue;
    context.add("unconditional", decides(rule) ? LintSeverity::kNote : LintSeverity::kWarning, each,
                fmt::format("the rule has no condition: it matches all {} traffic", each.ast->protocol),
                decides(rule) ? "nothing, if it is meant as the default for all that no rule before it took"
                              : "name addresses, ports, or something to look for");
  }
}

void lint_missing_flow(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || each.rule->payload == nullptr || each.rule->needs_flow) continue;
    const RuleHeader& header = each.rule->header;
    const bool tcp = !header.any_protocol && header.protocols.test(6) && header.protocols.count() == 1;
    if (!tcp || each.rule->hook != PacketHook::kNone) continue;
    context.add("missing-flow", LintSeverity::kNote, each,
                "a TCP payload rule without flow is held against both directions, and against packets outside "
                "of any connection",
                "flow:established,to_server; or to_client");
  }
}

}  // namespace culvert
