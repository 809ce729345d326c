// What a rule looks for in its buffers, as Suricata's rule analysis (rules.json) tells it.
#pragma once

#include <string_view>

#include "detect/compiled_rule.h"
#include "event/json_writer.h"
#include "rule/ast.h"

namespace culvert {

/// Writes the chains of one rule after the other into `json`, which outlives it.
class ChainAnalysis {
 public:
  explicit ChainAnalysis(JsonWriter& json) : json_(json) {}
  /// The rule that is written from now on; both outlive it.
  void set_rule(const CompiledRule& rule, const RuleAst& ast) {
    rule_ = &rule;
    ast_ = &ast;
  }

  /// The content that stands for the rule, or null. Rules on packet headers are found by protocol
  /// and port here; the reference looks for their longest content.
  const ContentItem* pattern() const;
  bool is_mpm_of(const InspectChain& chain) const;

  /// {"NAME": {"matches": [...]}}
  void write_list(std::string_view name, const InspectChain& chain);
  /// "KEY": [...]
  void write_chain(const InspectChain& chain, std::string_view key);
  /// `is_first`: nothing before it; where it looks is then the same as from the buffer's start.
  void write_content(const ContentItem& content, bool is_first, bool ends_with = false);

 private:
  JsonWriter& json_;
  const CompiledRule* rule_ = nullptr;
  const RuleAst* ast_ = nullptr;
};

}  // namespace culvert
