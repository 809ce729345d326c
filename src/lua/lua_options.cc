#include "lua/lua_options.h"

namespace culvert::lua {

RuleScriptOptions parse_rule_script_options(const ConfigNode* root) {
  RuleScriptOptions options;
  if (root == nullptr) return options;
  Complaints ignored;  // each rule would say the same again
  options.allowed = root->boolean("security.lua.allow-rules", options.allowed, ignored);
  options.limits.sandbox =
      !root->boolean("security.lua.allow-restricted-functions", false, ignored);
  options.limits.max_bytes =
      root->size("security.lua.max-bytes", options.limits.max_bytes, ignored);
  options.limits.max_instructions = static_cast<std::uint64_t>(
      root->integer("security.lua.max-instructions",
                    static_cast<std::int64_t>(options.limits.max_instructions), ignored));
  return options;
}

}  // namespace culvert::lua
