// Protocols, ports and directions against what the rule looks for.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/protocol_spec.h"
#include "detect/rule_draft.h"
#include "insight/chain_account.h"
#include "insight/hex_excerpt.h"
#include "insight/lint_context.h"

namespace culvert {
namespace {

/// Of the rule's application protocols, whether one runs over an IP protocol of its header.
bool protocols_meet(const LintContext& context, const CompiledRule& rule) {
  if (!rule.needs_protos || rule.header.any_protocol) return true;
  bool known = false;
  for (const ProtocolSpec* spec : context.environment.protocols) {
    if ((rule.protos & proto_bit(spec->proto)) == 0) continue;
    known = true;
    for (const std::uint8_t ip_proto : spec->ip_protos) {
      if (ip_proto != 0 && rule.header.protocols.test(ip_proto)) return true;
    }
  }
  return !known;
}

struct WireText {
  std::string_view begin;   ///< what a content begins with
  std::string_view protocol;
  std::string_view instead;
};
constexpr WireText kWireTexts[] = {
    {"GET ", "http", "http.method; content:\"GET\"; and http.uri; for the path"},
    {"GET /", "http", "http.method; content:\"GET\"; and http.uri; for the path"},
    {"POST ", "http", "http.method; content:\"POST\"; and http.uri; for the path"},
    {"HTTP/1.", "http", "http.protocol, http.stat_code"},
    {"User-Agent: ", "http", "http.user_agent; content:..."},
    {"User-Agent|3a|", "http", "http.user_agent; content:..."},
    {"Host: ", "http", "http.host; content:..."},
    {"Cookie: ", "http", "http.cookie; content:..."},
    {"Referer: ", "http", "http.referer; content:..."},
    {"Content-Type: ", "http", "http.content_type; content:..."},
    {"SSH-2.0-", "ssh", "ssh.software; or ssh.proto;"},
    {"EHLO ", "smtp", "alert smtp, smtp.helo;"},
    {"MAIL FROM:", "smtp", "alert smtp, smtp.mail_from;"},
};

}  // namespace

void lint_never_matches(LintContext& context) {
  const RuleCatalog catalog(context.environment);
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    const CompiledRule& rule = *each.rule;
    if (!protocols_meet(context, rule)) {
      context.add("never-matches", LintSeverity::kError, each,
                  fmt::format("the keywords are of a protocol that does not run over {}", each.ast->protocol),
                  "name the application protocol in the header");
    }
    for (const DraftBuffer& buffer : rule.buffers) {
      if (buffer.kind != DraftBuffer::Kind::kTransaction || !rule.direction) continue;
      const auto& sources = catalog.find_buffers(buffer.name);
      if (sources.empty()) continue;
      const bool exists = std::ranges::any_of(sources, [&](const BufferOfProtocol& source) {
        return *rule.direction == Direction::kToServer ? source.buffer->to_server.exists
                                                       : source.buffer->to_client.exists;
      });
      if (exists) continue;
      context.add("never-matches", LintSeverity::kError, each,
                  fmt::format("there is no {} {}", buffer_name(buffer), name_of(*rule.direction)),
                  fmt::format("flow:{}", name_of(opposite(*rule.direction))));
    }
    const RuleHeader& header = rule.header;
    const bool dsize = each.ast->find_option("dsize") != nullptr;
    if (dsize && rule.type == RuleType::kTransaction) {
      context.add("never-matches", LintSeverity::kWarning, each,
                  "dsize is about single packets, and the buffers about transactions, which span packets",
                  "bsize on the buffer instead of dsize");
    }
    const bool icmp = !header.any_protocol && !header.protocols.test(6) && !header.protocols.test(17) &&
                      !header.protocols.test(132);
    const bool flags = each.ast->find_option("tcp.flags") != nullptr || each.ast->find_option("flags") != nullptr;
    if (icmp && flags) {
      context.add("never-matches", LintSeverity::kError, each, "TCP flags in a rule that is not about TCP",
                  "alert tcp");
    }
  }
}

void lint_ports(LintContext& context) {
  RuleCatalog catalog(context.environment);
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    const CompiledRule& rule = *each.rule;
    const RuleHeader& header = rule.header;
    const bool has_ports = header.source_ports != 0xffff || header.destination_ports != 0xffff;
    const bool without_ports =
        !header.any_protocol && !header.protocols.test(6) && !header.protocols.test(17) && !header.protocols.test(132);
    if (has_ports && without_ports) {
      context.add("ports", LintSeverity::kError, each,
                  fmt::format("{} has no ports: with ports in its header the rule never matches", each.ast->protocol),
                  "any for both ports");
      continue;
    }
    if (has_ports && header.any_protocol && header.layer != RuleHeader::Layer::kPacket) {
      context.add("ports", LintSeverity::kNote, each,
                  fmt::format("\"{}\" with ports matches TCP, UDP and SCTP alike", each.ast->protocol),
                  "tcp or udp, if one of them is meant");
    }
    // flow:to_server with the server's port on the left, and the other way round.
    const auto is_low = [&](std::string_view text) {
      const auto ports = catalog.sets.ports(text);
      if (!ports || (*ports)->is_all()) return false;
      const auto& intervals = (*ports)->intervals();
      return !intervals.empty() && intervals.back().last < 1024 && intervals.size() < 8;
    };
    if (!rule.direction || header.both_ways) continue;
    const bool left = header.source_ports != 0xffff && is_low(each.ast->source_ports.text);
    const bool right = header.destination_ports != 0xffff && is_low(each.ast->destination_ports.text);
    const bool to_server = *rule.direction == Direction::kToServer;
    if (to_server && left && header.destination_ports == 0xffff) {
      context.add("ports", LintSeverity::kWarning, each,
                  fmt::format("flow:to_server, and the server's port {} stands on the client's side", each.ast->source_ports.text),
                  "move the port behind the arrow, or say flow:to_client");
    }
    if (!to_server && right && header.source_ports == 0xffff) {
      context.add("ports", LintSeverity::kWarning, each,
                  fmt::format("flow:to_client, and the server's port {} stands on the client's side", each.ast->destination_ports.text),
                  "move the port before the arrow, or say flow:to_server");
    }
  }
}

void lint_protocol_as_bytes(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || each.rule->payload == nullptr || each.rule->needs_protos) continue;
    const RuleHeader& header = each.rule->header;
    const bool tcp = !header.any_protocol && header.protocols.test(6);
    const bool udp = !header.any_protocol && header.protocols.test(17);
    const auto tell = [&](std::string_view protocol, std::string_view text, std::string_view instead) {
      context.add("protocol-as-bytes", LintSeverity::kNote, each,
                  fmt::format("looks for {} (\"{}\") in raw bytes: what the protocol's parser makes of them "
                              "(chunks, encodings, other ports) it does not see",
                              protocol, text),
                  fmt::format("alert {} ... {}", protocol, instead));
    };
    for (const auto& step : *each.rule->payload) {
      if (step->kind != InspectKind::kContent || step->negated) continue;
      const auto& content = static_cast<const ContentItem&>(*step);
      const std::string_view text = as_text(content.bytes);
      const auto known = std::ranges::find_if(kWireTexts, [&](const WireText& wire) {
        return tcp && text.starts_with(wire.begin);
      });
      if (known != std::end(kWireTexts)) {
        tell(known->protocol, quote_content(content.bytes), known->instead);
        break;
      }
      if (tcp && text.size() >= 2 && text[0] == '\x16' && text[1] == '\x03') {
        tell("tls", "|16 03|", "tls.sni, tls.version, ja3.hash, tls.cert_subject");
        break;
      }
      if (udp && each.ast->destination_ports.text == "53") {
        tell("dns", quote_content(content.bytes), "dns.query; content:... (names as text, without length bytes)");
        break;
      }
    }
  }
}

}  // namespace culvert
