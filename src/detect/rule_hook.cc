#include "detect/rule_hook.h"

namespace culvert {

bool is_general_hook(std::string_view hook) {
  return hook == "request_started" || hook == "request_complete" || hook == "response_started" ||
         hook == "response_complete";
}

bool is_rule_hook(const ProtocolSpec& spec, std::string_view hook) {
  const bool has_own = spec.proto != AppProto::kHttp2 && spec.proto != AppProto::kDoh2;
  return has_own || is_general_hook(hook);
}

}  // namespace culvert
