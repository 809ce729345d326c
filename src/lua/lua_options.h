// `security.lua` of the configuration.
#pragma once

#include "base/result.h"
#include "config/config_node.h"
#include "lua/script.h"

namespace culvert::lua {

struct RuleScriptOptions {
  bool allowed = true;  ///< rules may have scripts at all
  ScriptLimits limits;
};

/// `root` may be null: defaults.
RuleScriptOptions parse_rule_script_options(const ConfigNode* root);

}  // namespace culvert::lua
