// What is wrong with a rule as a piece of text: doubles, no effect, old spellings, missing parts.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "insight/lint_context.h"

namespace culvert {
namespace {

/// The parts of a rule that decide what it matches, as one text.
std::string matching_text(const RuleAst& ast) {
  constexpr std::string_view kMeta[] = {"msg", "sid", "rev", "gid", "classtype", "reference", "metadata", "priority"};
  std::string text;
  for (const RuleAction& action : ast.actions) text += std::to_string(static_cast<int>(action.action)) + ",";
  text += ast.protocol + ":" + ast.hook;
  for (const RuleText* part : {&ast.source, &ast.source_ports, &ast.destination, &ast.destination_ports}) {
    text += ' ';
    text += part->text;
  }
  text += to_string(ast.direction);
  for (const RuleOption& option : ast.options) {
    if (std::ranges::find(kMeta, option.name) != std::end(kMeta)) continue;
    text += ';' + option.name + ':';
    text += option.raw;
  }
  return text;
}

struct Spelling {
  std::string_view old, now;
};
constexpr Spelling kSpellings[] = {
    {"uricontent", "http.uri; content:..."},
    {"http_uri", "http.uri; before the content"},
    {"http_raw_uri", "http.uri.raw; before the content"},
    {"http_method", "http.method; before the content"},
    {"http_header", "http.header; before the content"},
    {"http_raw_header", "http.header.raw; before the content"},
    {"http_cookie", "http.cookie; before the content"},
    {"http_user_agent", "http.user_agent; before the content"},
    {"http_host", "http.host; before the content"},
    {"http_raw_host", "http.host.raw; before the content"},
    {"http_stat_code", "http.stat_code; before the content"},
    {"http_stat_msg", "http.stat_msg; before the content"},
    {"http_client_body", "http.request_body; before the content"},
    {"http_server_body", "http.response_body; before the content"},
    {"dns_query", "dns.query"},
    {"tls_sni", "tls.sni"},
    {"ja3_hash", "ja3.hash"},
    {"flags", "tcp.flags"},
};

}  // namespace

void lint_duplicates(LintContext& context) {
  std::map<std::tuple<std::uint32_t, std::uint32_t>, const LintRule*> by_sid;
  std::map<std::string, const LintRule*> by_text;
  for (const LintRule& each : context.rules) {
    if (each.sid != 0) {
      const auto [found, is_new] = by_sid.emplace(std::tuple(each.gid, each.sid), &each);
      if (!is_new) {
        const LintRule& other = *found->second;
        const bool newer = each.rev > other.rev;
        context.add("duplicate", LintSeverity::kError, each,
                    fmt::format("sid {} is there already: {} revision {}; {}", each.sid, name_rule(other), other.rev,
                                newer ? "this one takes its place" : "this one is not loaded"),
                    newer ? "drop the older one" : "another sid, or a higher rev if it is to replace it");
        if (newer) found->second = &each;
      }
    }
    const auto [found, is_new] = by_text.emplace(matching_text(*each.ast), &each);
    if (!is_new && (found->second->sid != each.sid || found->second->gid != each.gid)) {
      context.add("duplicate", LintSeverity::kWarning, each,
                  fmt::format("matches exactly what {} matches", name_rule(*found->second)), "drop one of them");
    }
  }
}

void lint_noalert(LintContext& context) {
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || !each.rule->post_matches.empty()) continue;
    const RuleMeta& meta = each.rule->meta;
    if (meta.is_alert || meta.is_pass || meta.action != Action::kAccept || each.rule->is_config ||
        each.rule->wants_bypass || meta.is_firewall) {
      continue;
    }
    // Keywords that leave a mark where they match.
    const bool marks = std::ranges::any_of(each.ast->options, [](const RuleOption& option) {
      return option.name == "dataset" || option.name == "lua" || option.name == "luajit" || option.name == "filestore" ||
             option.name == "flowint" || option.name == "pcre" || option.name == "tag" || option.name == "replace";
    });
    if (marks) continue;
    context.add("noalert", LintSeverity::kWarning, each, "noalert, and the match sets nothing: it has no effect",
                "flowbits:set,NAME; or no noalert");
  }
}

void lint_form(LintContext& context) {
  for (const LintRule& each : context.rules) {
    const RuleAst& ast = *each.ast;
    if (ast.find_option("msg") == nullptr) {
      context.add("form", LintSeverity::kNote, each, "no msg: its alerts have no text", "msg:\"...\";");
    }
    if (ast.find_option("rev") == nullptr) {
      context.add("form", LintSeverity::kNote, each, "no rev: tools that update rules cannot tell what is newer", "rev:1;");
    }
    for (const RuleOption& option : ast.options) {
      for (const Spelling& spelling : kSpellings) {
        if (option.name != spelling.old) continue;
        context.add("form", LintSeverity::kNote, each, fmt::format("{} is the old spelling", option.name),
                    std::string(spelling.now));
      }
      if (option.name == "threshold" && option.value.find("threshold") != option.value.npos &&
          each.rule != nullptr && (each.rule->meta.action != Action::kAccept)) {
        context.add("form", LintSeverity::kNote, each,
                    "threshold on a drop rule: packets below the count are dropped, too, without an alert",
                    "detection_filter, if the first packets are to go through");
      }
    }
    if (ast.direction == RuleDirection::kBoth) {
      const RuleOption* const flow = ast.find_option("flow");
      if (flow != nullptr && (flow->value.find("to_server") != flow->value.npos || flow->value.find("to_client") != flow->value.npos)) {
        context.add("form", LintSeverity::kNote, each, "<> with a direction in flow: only that direction can match",
                    "-> instead of <>");
      }
    }
  }
}

}  // namespace culvert
