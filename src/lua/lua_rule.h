// A script of a rule set: read and tried once, while the rule is compiled; then one state a worker, made when it first
// runs the script.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "detect/rule_draft.h"
#include "lua/lua_options.h"
#include "lua/script.h"
#include "lua/worker_scripts.h"

namespace culvert::lua {

/// What the table that `init` returns asks for.
struct ScriptNeeds {
  bool packet = false, payload = false, stream = false, ja3 = false, ja3s = false;
};

/// The text of a script that a rule names: below `default-rule-path`, or beside the rule's file.
Result<ScriptSource> read_rule_script(const RuleDraft& draft, std::string_view name);

/// Immutable but for the workers' own states; shared by the keywords that run it.
class RuleScript final {
 public:
  /// Runs `init` and `thread_init`, so that
  /// what is wrong is known; `main` has to be a function of the script.
  static Result<std::shared_ptr<const RuleScript>> load(RuleDraft& draft, std::string_view name,
                                                        const char* main);

  /// Runs `main` on this worker. False: it failed, which is counted, and told the first time.
  bool run(const MatchContext& context, const char* main, Script::Call& call) const;
  const ScriptNeeds& needs() const { return needs_; }

 private:
  std::unique_ptr<Script> make() const;

  ScriptSource source_;
  ScriptLimits limits_;
  ScriptNeeds needs_;
  std::map<std::string, int, std::less<>> bytevars_;
  ScriptHost::Variables variables_;
  DatasetStore* datasets_ = nullptr;
  RuleMeta meta_;  ///< what `suricata.rule` tells of the rule
  WorkerScripts workers_;
};

}  // namespace culvert::lua
