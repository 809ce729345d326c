#include "engine/engine_options.h"

#include "builtin/protocols.h"
#include "flow/exception_policy.h"

namespace culvert {

EngineOptions parse_engine_options(const ConfigNode& root, bool inline_mode, bool live,
                                   Complaints& complaints) {
  EngineOptions options;
  options.inline_mode = inline_mode;
  options.live = live;
  const ExceptionPolicyContext policies =
      parse_exception_policy_context(root, inline_mode, complaints);
  options.decode = parse_decode_options(root, complaints);
  options.defrag = parse_defrag_options(root, policies, complaints);
  options.flow = parse_flow_options(root, policies, complaints);
  options.stream = parse_stream_options(root, policies, complaints);
  options.detect = parse_detect_options(root, complaints);
  options.detect.inline_mode = inline_mode;
  options.detect.firewall = parse_firewall_options(root, builtin_protocols(), complaints);
  options.app_layer.error_policy =
      parse_exception_policy(root, "app-layer.error-policy", ExceptionTarget::kAppError, policies,
                             complaints);
  options.app = std::make_unique<const AppConfig>(builtin_protocols(), root, complaints);
  return options;
}

}  // namespace culvert
