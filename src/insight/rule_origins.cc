#include "insight/rule_origins.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "detect/rule_compiler.h"

namespace culvert {
namespace {

/// Options that say more about the content before them.
constexpr std::string_view kModifiers[] = {
    "nocase",     "depth",    "offset",       "distance",        "within",        "startswith",
    "endswith",   "rawbytes", "fast_pattern", "replace",         "http_uri",      "http_raw_uri",
    "http_method", "http_header", "http_raw_header", "http_cookie", "http_user_agent", "http_host",
    "http_raw_host", "http_stat_code", "http_stat_msg", "http_client_body", "http_server_body"};

std::string text_of(const RuleOption& option) {
  return option.has_value ? option.name + ":" + std::string(option.raw) : option.name;
}

}  // namespace

Result<RuleOrigins> find_rule_origins(const RuleAst& ast, const RuleEnvironment& environment) {
  RuleCatalog catalog(environment);
  RuleDraft draft(ast, catalog);
  RuleProgram program;
  CompiledRule rule;
  if (auto done = compile_header(draft, rule, program); !done) return tl::unexpected(done.error());

  std::map<const void*, std::string> origins;  // of keywords and steps, by their address
  const void* last_step = nullptr;
  const auto note = [&](const void* part, const std::string& text) {
    return origins.emplace(part, text).second;
  };
  for (const RuleOption& option : ast.options) {
    if (option.name == "requires") continue;
    if (auto done = compile_option(draft, option); !done) return tl::unexpected(done.error());
    const std::string text = text_of(option);
    bool made = false;
    for (const auto& each : draft.packet_matches) made |= note(each.get(), text);
    for (const auto& each : draft.post_matches) made |= note(each.get(), text);
    for (const auto& each : draft.transaction_matches) made |= note(each.keyword.get(), text);
    for (const DraftBuffer& buffer : draft.buffers) {
      for (const auto& step : buffer.chain) {
        if (!note(step.get(), text)) continue;
        made = true;
        last_step = step.get();
      }
    }
    const bool modifies = std::ranges::find(kModifiers, option.name) != std::end(kModifiers);
    if (!made && modifies && last_step != nullptr) origins[last_step] += "; " + text;
  }
  RuleOrigins result;
  for (const auto& each : draft.packet_matches) {
    result.packet_matches.push_back(origins[each.get()]);
  }
  for (const auto& each : draft.post_matches) result.post_matches.push_back(origins[each.get()]);
  for (const auto& each : draft.transaction_matches) {
    result.transaction_matches.push_back(origins[each.keyword.get()]);
  }
  for (const DraftBuffer& buffer : draft.buffers) {
    if (buffer.chain.empty()) continue;
    std::vector<std::string> texts;
    for (const auto& step : buffer.chain) texts.push_back(origins[step.get()]);
    result.steps.push_back(std::move(texts));
  }
  return result;
}

}  // namespace culvert
