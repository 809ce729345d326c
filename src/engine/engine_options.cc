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
  options.app_layer.error_policy = parse_exception_policy(
      root, "app-layer.error-policy", ExceptionTarget::kAppError, policies, complaints);
  for (const ProtocolSpec* spec : builtin_protocols()) {
    // SMB's files are followed whole unless the configuration says otherwise.
    const std::uint64_t depth =
        root.size("app-layer.protocols." + std::string(spec->name) + ".stream-depth",
                  spec->proto == AppProto::kSmb ? 0 : 1, complaints);
    if (depth == 0)
      options.app_layer.whole_streams |= std::uint64_t{1} << static_cast<unsigned>(spec->proto);
  }
  options.app = std::make_unique<const AppConfig>(builtin_protocols(), root, complaints);
  return options;
}

}  // namespace culvert
